"""Published figures, policy events, populations and sources, with help to fill them in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.admin.kept import Kept
from deals.flows.definitions import question
from deals.flows.query import BadParameters
from deals.models import Change, PolicyEvent, Population, PublishedFigure, Source
from deals.rules.countries import COUNTRIES

MEASURES = ("share", "deals", "amount", "companies", "investors", "context")
SHELVES = {
    "figure": gettext_lazy("A figure to compare with ours"),
    "context": gettext_lazy("Context"),
}


class FigureForm(forms.ModelForm):
    """A figure whose question, where it has one, can be asked."""

    measure = forms.ChoiceField(choices=[(name, name) for name in MEASURES])
    shelf = forms.ChoiceField(choices=list(SHELVES.items()))
    source_url = forms.URLField(max_length=1000, required=False, assume_scheme="https")

    class Meta:
        model = PublishedFigure
        fields = "__all__"  # noqa: DJ007
        help_texts = {  # noqa: RUF012
            "code": gettext_lazy("Short and for ever, such as F93; it is in links and citations."),
            "value": gettext_lazy("As published, such as 3.7 or “about 40”."),
            "numerator": gettext_lazy("n of “n of N”, where it is published."),
            "denominator": gettext_lazy("N of “n of N”, where it is published."),
            "query": gettext_lazy(
                "The question that our data answer, as it stands behind /flows/? – for example"
                " investor=europe&target=CN&from=2017&to=2022. Empty where none can."
            ),
            "why_no_query": gettext_lazy("Why our data cannot answer it, for readers."),
            "evidence": gettext_lazy("How it was checked, such as “read in the source”."),
        }

    def clean_query(self) -> str:
        """The question as it would be asked; what is wrong with it is said by parameter."""
        text = str(self.cleaned_data["query"]).strip().removeprefix("?")
        try:
            if text:
                question(text)
        except BadParameters as error:
            raise forms.ValidationError(
                [f"{problem.parameter}: {problem.message}" for problem in error.problems]
            ) from None
        except ValueError:
            raise forms.ValidationError(
                _("Write parameters and values, such as investor=europe&target=CN.")
            ) from None
        return text


@admin.register(PublishedFigure)
class FigureAdmin(Kept):
    """Numbers that others published."""

    kind = Change.Kind.FIGURE
    form = FigureForm
    list_display = ("code", "title", "value", "unit", "shelf", "has_question")
    list_filter = ("shelf", "measure")
    search_fields = ("code", "title", "source_title")

    def key(self, row: PublishedFigure) -> str:
        return row.code

    @admin.display(boolean=True, description=gettext_lazy("Answered by our data"))
    def has_question(self, row: PublishedFigure) -> bool:
        return bool(row.query)


class EventForm(forms.ModelForm):
    """A rule or decision of a country or of the European Union."""

    class Meta:
        model = PolicyEvent
        fields = "__all__"  # noqa: DJ007
        help_texts = {  # noqa: RUF012
            "jurisdiction": gettext_lazy("Two letters of the country, or EU."),
            "applies_from": gettext_lazy("If it reaches deals that were made before it."),
        }

    def clean_jurisdiction(self) -> str:
        code = str(self.cleaned_data["jurisdiction"]).upper()
        if code != "EU" and code not in COUNTRIES:
            raise forms.ValidationError(_("Give the two letters of a country, or EU."))
        return code


@admin.register(PolicyEvent)
class EventAdmin(Kept):
    """Dated rules and decisions, drawn on the time axes."""

    kind = Change.Kind.EVENT
    form = EventForm
    list_display = ("date", "jurisdiction", "title", "kind_of_event")
    list_filter = ("jurisdiction", "kind")
    search_fields = ("title", "note")
    date_hierarchy = "date"

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def kind_of_event(self, row: PolicyEvent) -> str:
        return row.kind


class PopulationForm(forms.ModelForm):
    """A population and what pages say about it."""

    class Meta:
        model = Population
        fields = "__all__"  # noqa: DJ007
        help_texts = {  # noqa: RUF012
            "title": gettext_lazy("The next import of its feed brings the title of its profile."),
            "accessed_on": gettext_lazy("The day the supplier’s data are from; pages say it."),
            "ai_definition": gettext_lazy("What its supplier calls AI, in a sentence."),
        }


@admin.register(Population)
class PopulationAdmin(Kept):
    """What shares are computed in; its deals come by imports alone."""

    kind = Change.Kind.POPULATION
    form = PopulationForm
    list_display = ("code", "title", "accessed_on", "generated")
    search_fields = ("code", "title")

    def key(self, row: Population) -> str:
        return row.code

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Its code is in links; whether it is invented is decided when it is made."""
        return ("code", "generated") if obj else ("generated",)


@admin.register(Source)
class SourceAdmin(Kept):
    """Where facts were read. What a published deal cites is part of it, and no longer changed."""

    kind = Change.Kind.REFERENCE
    list_display = ("title", "publisher", "published_on", "kind")
    list_filter = ("kind",)
    search_fields = ("title", "publisher", "url")
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        cited = obj is not None and obj.citations.filter(version__state="published").exists()
        return not cited and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        cited = obj is not None and obj.citations.exists()
        return not cited and super().has_delete_permission(request, obj)
