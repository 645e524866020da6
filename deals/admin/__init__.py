"""The Django admin: reference data to keep, the ledger and the log to look at, people to find.

Deals and organizations are edited at the desk, where somebody else decides. What is changed here
takes effect at once; it becomes an entry of the ledger and of the log in the same transaction.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from deals.admin import only_shown, reference

__all__ = ["only_shown", "reference"]

admin.site.site_header = gettext_lazy("InvestTrack: reference data")
admin.site.site_title = gettext_lazy("Reference data")
admin.site.index_title = gettext_lazy("What the register keeps beside its deals")
