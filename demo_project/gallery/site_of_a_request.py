"""The site of a request is a row where the application of sites is installed, and it is asked for once in a process."""

from asgiref.sync import sync_to_async
from django.contrib.sites.models import Site
from django.contrib.sites.requests import RequestSite
from django.contrib.sites.shortcuts import get_current_site
from shape import costs
from shop.visits import visit

CODE = "DAS001"
CATALOGUE = [2]


async def broken_of_a_request():
    return get_current_site(visit()).domain


@costs(gives="testserver")
async def trap_of_a_request():
    return RequestSite(visit()).domain  # the host that the request names, whatever the row says


async def fixed_of_a_request():
    site = await sync_to_async(get_current_site)(visit())
    return site.domain


async def broken_of_the_manager():
    return Site.objects.get_current().domain


@costs(gives=["example.com", "example.com"])
async def trap_of_the_manager():
    first = await sync_to_async(Site.objects.get_current)()
    return [first.domain, Site.objects.get_current().domain]  # the second is kept; a cleared cache would raise


async def fixed_of_the_manager():
    site = await sync_to_async(Site.objects.get_current)()
    return site.domain


def address(path):
    return f"https://{Site.objects.get_current().domain}{path}"


async def broken_helper():
    return address("/books/")


async def fixed_helper():
    return await sync_to_async(address)("/books/")
