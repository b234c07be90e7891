"""Every kind of event the audit trail knows, as source:subject:what."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    """What happened."""

    CONNECTION_ADDED = "service:connection:added"
    CONNECTION_SETTING = "person:connection:setting_changed"
    CONNECTION_LIVE = "person:connection:went_live"
    CONNECTION_PAUSED = "person:connection:paused"
    CONNECTION_RESUMED = "person:connection:resumed"
    COMPANY_FILE_BOUND = "quickbooks:connection:company_file_bound"
    USER_ADDED = "person:user:added"
    ROLE_GIVEN = "person:user:role_given"
    SIGNED_IN = "person:session:signed_in"
    SIGN_IN_FAILED = "person:session:sign_in_failed"
    RULES_STORED = "person:rules:stored"
    RULES_ACTIVATED = "person:rules:activated"
    ITEM_SEEN = "procore:item:seen"
    ITEM_CHANGED = "procore:item:changed"
    ITEM_MOVED = "item:state:moved"
    ITEM_NEWER_TAKEN = "person:item:newer_taken"
    ITEM_DIFFERENCE = "quickbooks:item:saved_differently"
    REFUSED = "person:action:refused"
    REFRESH_ASKED = "person:refresh:asked"
    REFRESH_DONE = "quickbooks:refresh:done"
    REFRESH_FAILED = "quickbooks:refresh:failed"
    WC_OPENED = "web_connector:session:opened"
    WC_CHECKED = "web_connector:session:checked"
    WC_REFUSED = "web_connector:session:refused"
    WC_ENDED = "web_connector:session:ended"
    WC_TURNED_AWAY = "web_connector:call:turned_away"
    SET_SENT = "web_connector:set:sent"
    SET_SENT_AGAIN = "web_connector:set:sent_again"
    SET_ANSWERED = "web_connector:set:answered"
    SET_REFUSED = "web_connector:set:refused"
    SET_LOST = "web_connector:set:lost"
    SET_ABANDONED = "web_connector:set:abandoned"
    WRITTEN_BACK = "procore:item:written_back"
    WRITE_BACK_FAILED = "procore:item:write_back_failed"
