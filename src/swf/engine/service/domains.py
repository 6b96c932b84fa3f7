"""Domains and their tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swf.engine.service.paging import page_size
from swf.exceptions import (
    DomainAlreadyExists,
    DomainDeprecated,
    LimitExceeded,
    TooManyTags,
    UnknownResource,
)
from swf.protocol import answers as r

if TYPE_CHECKING:
    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.protocol import requests as q

__all__ = ["deprecate", "describe", "list_all", "register", "tag", "tags_of", "undeprecate", "untag"]

_ARN = "arn:aws:swf:us-east-1:000000000000:/domain/"
_ANY_ARN = re.compile(r"arn:[^:]*:swf:[^:]*:[^:]*:/domain/(.+)", re.DOTALL)


def register(books: Books, request: q.RegisterDomainInput) -> None:
    """Answer RegisterDomain."""
    names = [domain.name for domain in books.domains()]
    if request.name in names:
        raise DomainAlreadyExists(request.name)
    if len(names) >= books.limits.domains:
        raise LimitExceeded(f"There are {len(names)} domains, as many as there may be")
    tags = _merged(books, {}, request.tags)
    books.add_domain(
        request.name, request.description, request.workflow_execution_retention_period_in_days, tags
    )


def describe(books: Books, domain: Domain, request: q.DescribeDomainInput) -> r.DomainDetail:
    """Answer DescribeDomain."""
    return r.DomainDetail(
        domain_info=_info(domain),
        configuration=r.DomainConfiguration(workflow_execution_retention_period_in_days=domain.retention),
    )


def list_all(books: Books, request: q.ListDomainsInput) -> r.DomainInfos:
    """Answer ListDomains."""
    bound = [request.registration_status, bool(request.reverse_order)]
    found = [domain for domain in books.domains() if domain.status == request.registration_status]
    if request.reverse_order:
        found.reverse()
    if request.next_page_token:
        (behind,) = books.tokens.page(request.next_page_token, "ListDomains", bound, books.now)
        found = [
            each for each in found if (each.name < behind if request.reverse_order else each.name > behind)
        ]
    size = page_size(request.maximum_page_size)
    token = None
    if len(found) > size:
        token = books.tokens.of_page("ListDomains", bound, books.now, [found[size - 1].name])
    return r.DomainInfos(domain_infos=[_info(each) for each in found[:size]], next_page_token=token)


def _info(domain: Domain) -> r.DomainInfo:
    return r.DomainInfo(
        name=domain.name, status=domain.status, description=domain.description, arn=_ARN + domain.name
    )


def deprecate(books: Books, domain: Domain, request: q.DeprecateDomainInput) -> None:
    """Answer DeprecateDomain; its types are deprecated with it."""
    if domain.deprecated:
        raise DomainDeprecated(domain.name)
    domain.status = "DEPRECATED"
    books.update_domain(domain)
    books.store.deprecate_types(domain.id, books.now)
    domain.types.forget()


def undeprecate(books: Books, domain: Domain, request: q.UndeprecateDomainInput) -> None:
    """Answer UndeprecateDomain; its types stay as they are."""
    if not domain.deprecated:
        raise DomainAlreadyExists(domain.name)
    domain.status = "REGISTERED"
    books.update_domain(domain)


def tag(books: Books, request: q.TagResourceInput) -> None:
    """Answer TagResource."""
    domain = _named(books, request.resource_arn)
    domain.tags = _merged(books, domain.tags, request.tags)
    books.update_domain(domain)


def untag(books: Books, request: q.UntagResourceInput) -> None:
    """Answer UntagResource."""
    domain = _named(books, request.resource_arn)
    domain.tags = {key: value for key, value in domain.tags.items() if key not in request.tag_keys}
    books.update_domain(domain)


def tags_of(books: Books, request: q.ListTagsForResourceInput) -> r.ListTagsForResourceOutput:
    """Answer ListTagsForResource."""
    tags = _named(books, request.resource_arn).tags
    return r.ListTagsForResourceOutput(
        tags=[r.ResourceTag(key=key, value=value) for key, value in sorted(tags.items())]
    )


def _named(books: Books, arn: str) -> Domain:
    """Return the domain that an ARN names, of whatever region and account."""
    if (match := _ANY_ARN.fullmatch(arn)) is None:
        raise UnknownResource(f"Unknown resource: {arn}. Domains have ARNs: {_ARN}NAME")
    return books.domain(match[1])


def _merged(books: Books, tags: dict[str, str], given: list[q.ResourceTag] | None) -> dict[str, str]:
    merged = tags | {each.key: each.value or "" for each in given or ()}
    if len(merged) > books.limits.domain_tags:
        raise TooManyTags(f"A domain may have {books.limits.domain_tags} tags, it would have {len(merged)}")
    return merged
