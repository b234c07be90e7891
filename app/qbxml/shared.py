"""The parts of the request grammar that several kinds use: addresses, references, filters."""

from __future__ import annotations

GRAMMAR = """
# A reference by QuickBooks' own id, by full name, or both (then the id counts).
ref: (ListID! id, FullName str | FullName! str)!

Address: Addr1 str(41), Addr2 str(41), Addr3 str(41), Addr4 str(41), Addr5 str(41) since 6.0, City str(31),
    State str(21), PostalCode str(13), Country str(31), Note str(41) since 6.0

# Trims an answer to the elements named.
$Answer: IncludeRetElement* str(50)

# A query on a list goes by id, by full name, or by filters: never by two of them.
$ListQuery: (ListID+ id | FullName+ str | $ListFilter), $Answer
$ListFilter: MaxReturned int(1), ActiveStatus enum(ActiveOnly, InactiveOnly, All), FromModifiedDate datetime,
    ToModifiedDate datetime, (NameFilter | NameRangeFilter)
NameFilter: MatchCriterion! enum(StartsWith, Contains, EndsWith), Name! str
NameRangeFilter: FromName str, ToName str

# A query on transactions likewise; its filters stand in wrappers of their own.
$TxnQuery: (TxnID+ id | RefNumber+ str | RefNumberCaseSensitive+ str since 4.0 | $TxnFilter),
    IncludeLineItems bool, IncludeLinkedTxns bool since 3.0, $Answer
$TxnFilter: MaxReturned int(1), (ModifiedDateRangeFilter | TxnDateRangeFilter), EntityFilter,
    (RefNumberFilter | RefNumberRangeFilter)
ModifiedDateRangeFilter: FromModifiedDate datetime, ToModifiedDate datetime
TxnDateRangeFilter: FromTxnDate date, ToTxnDate date
EntityFilter: (ListID+ id since 2.0 | FullName+ str)!
RefNumberFilter: MatchCriterion! enum(StartsWith, Contains, EndsWith), RefNumber! str
RefNumberRangeFilter: FromRefNumber str, ToRefNumber str
"""
