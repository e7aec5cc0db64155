"""What a page says after something was done. The code stands in the address, the sentence here."""

from __future__ import annotations

SAID = {
    "saved": "Saved.",
    "signed_out": "You are signed out.",
    "signed_out_everywhere": "You are signed out in every browser, this one included.",
    "business_created": "Your business is set up. Add your site or a file, and Milo starts to learn.",
    "reading": "Milo has started to read your site. You may leave this page.",
    "updating": "Milo is reading it again. Until it is done, visitors get the answers they got before.",
    "again": "Milo asks for it again now. You will see here what came of it.",
    "left_out": "Left out. Milo answers nothing from it any more in about a minute.",
    "taken_back": "Taken back. Milo reads it again now.",
    "choices_saved": "Saved. It holds from the next reading on; update now to have it at once.",
    "hook_revoked": "Revoked. The address is worth nothing any more.",
    "files_added": "The files were taken. Milo is reading them now.",
    "removed": "Removed. Milo answers nothing from it any more.",
    "source_removed": "Removed. Nothing that answers visitors was lost.",
    "proved": "Proved. Milo reads this site faster from now on, and past its robots.txt where you ask for it.",
    "published": "Published. Visitors get answers from the new version now.",
    "went_back": "Done. Visitors get answers from the former version again.",
    "discarded": "Discarded. The version that was live stays live.",
    "origins_saved": "Saved. The widget now answers on the addresses below.",
    "invited": "Invited. A mail with a link is on its way.",
    "member_there": "That person is in already.",
    "member_back": "Undone: that person may come in again.",
    "member_removed": "Removed. That person can no longer open this business.",
    "last_owner": "A business needs an owner. Invite another owner before you remove this one.",
}
