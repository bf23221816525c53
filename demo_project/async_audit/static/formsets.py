"""Django's formsets: one of a model asks for its rows as soon as its forms are needed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static import forms, hooks
from async_audit.static.hooks import on_call
from async_audit.static.values import UNKNOWN, Built, ClassValue, Outside, OutsideInstance, Partial, Value

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

OF_MODEL = "ModelFormSet"
OF_FORM = "FormSet"
NEEDING = ("is_valid", "save", "full_clean", "as_p", "as_table", "as_ul", "as_div", "total_form_count")
READ = ("forms", "initial_forms", "extra_forms", "errors", "management_form", "cleaned_data", "deleted_forms")


@on_call("django.forms.modelformset_factory", "django.forms.models.modelformset_factory")
@on_call("django.forms.inlineformset_factory", "django.forms.models.inlineformset_factory")
def of_model(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a class of formsets of rows."""
    return Outside(f"{OF_MODEL}()")


@on_call("django.forms.formset_factory", "django.forms.formsets.formset_factory")
def of_form(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a class of formsets of a form."""
    return Partial(Outside(f"{OF_FORM}()"), tuple(args[:1]), ())


@on_call(f"{OF_MODEL}()")
def made_of_model(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a formset of rows."""
    return OutsideInstance(OF_MODEL)


@on_call(f"{OF_FORM}()")
def made_of_form(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a formset of a form."""
    return OutsideInstance(OF_FORM, tuple(args[:1]))


def _needs(frame: Frame, node: ast.expr, owner: OutsideInstance) -> Value:
    frame.ask(node, "DAS015", f"{frame.text(node)} needs the formset's rows and {forms.ADVICE}", 2)
    return UNKNOWN


@on_call(*(f"{OF_MODEL}.{name}" for name in NEEDING))
def needs(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Ask for the rows."""
    return _needs(frame, node, OutsideInstance(OF_MODEL))


hooks.ATTRIBUTES.update({f"{OF_MODEL}.{name}": _needs for name in READ})


@on_call(f"{OF_FORM}.is_valid", f"{OF_FORM}.full_clean")
def validates(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Validate each form."""
    match args[0]:
        case OutsideInstance(args=(ClassValue(cls), *_)):
            forms.call(frame, node, Built(cls), "is_valid")
    return UNKNOWN
