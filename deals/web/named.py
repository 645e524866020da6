"""The organization that an address names, for whoever may see it."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from deals.flows.proposed import public
from deals.models import Organization
from deals.rules.roles import PROPOSE
from deals.web.spelled import short, spelled


def named(request: HttpRequest, public_id: str) -> Organization:
    """It may be merged into another one. Raises Http404 where there is none, and for everybody but
    people of the desk, who review proposals, where only a proposal names it.
    """
    rows = Organization.objects.select_related("merged_into")
    rows = rows.filter(public_id=spelled("O", public_id) or "-")
    found = public(rows).first()
    if found is None and request.user.has_perm(PROPOSE):
        found = rows.first()
    if found is None:
        absent = _("There is no organization “%(id)s” in the register.")
        raise Http404(absent % {"id": short(public_id)})
    return found
