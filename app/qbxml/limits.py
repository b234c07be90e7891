"""How much text QuickBooks keeps, by the field a person fills in.

All lengths are those of qbXML 13.0 and hold in the US and the Canadian edition alike. They count
characters, not bytes. The request grammar states them again where each element is described.
"""

from __future__ import annotations

from typing import Final

# Lists
VENDOR_NAME: Final = 41  # VendorAdd/Name
CUSTOMER_NAME: Final = 41  # CustomerAdd/Name, jobs included: each level of Customer:Job for itself
CUSTOMER_FULL_NAME: Final = 209  # CustomerRef/FullName: five levels of 41 and four colons
ITEM_NAME: Final = 31  # ItemServiceAdd/Name: each level of an item for itself
ACCOUNT_FULL_NAME: Final = 159  # IncomeAccountRef/FullName: five levels of 31 and four colons
ITEM_DESCRIPTION: Final = 4095  # SalesDesc, PurchaseDesc
NOTES: Final = 4095  # VendorAdd/Notes, CustomerAdd/Notes
PHONE: Final = 21  # Phone, AltPhone, Fax

# Addresses
ADDRESS_LINE: Final = 41  # Addr1 to Addr5
CITY: Final = 31
STATE: Final = 21
POSTAL_CODE: Final = 13

# Purchase orders
ORDER_NUMBER: Final = 11  # PurchaseOrderAdd/RefNumber (a bill's RefNumber keeps 20)
VENDOR_MESSAGE: Final = 99  # PurchaseOrderAdd/VendorMsg
MEMO: Final = 4095  # PurchaseOrderAdd/Memo
LINE_DESCRIPTION: Final = 4095  # PurchaseOrderLineAdd/Desc
LINE_OTHER: Final = 29  # Other1, Other2 of a line

# Requests
REQUEST_ID: Final = 50  # longer: status 1060
MESSAGE_SET_ID: Final = 24  # longer: status 9004; we make 23, as one source says 23
