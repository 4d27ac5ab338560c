"""Who may come in, and who may stay."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from audit.errors import InputError, UnavailableError
from audit.jobs.access import (
    CANNOT_NOW,
    LOCAL_REVIEWER,
    AccessError,
    Admission,
    admit_by_email,
    admit_by_link,
    admit_local,
    check_lead,
    check_still_allowed,
    hash_token,
    make_token,
    told_to,
)
from audit.jobs.people import (
    LinkState,
    add_person,
    check_somebody_may_sign_in,
    disable_person,
    list_people,
)
from audit.review.throttle import OVERALL, PER_ADDRESS, PERIOD, Throttle
from audit.settings import Settings
from db.errors import UnreachableError
from db.records import Role
from db.reviewers import ensure_reviewer
from db.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BY_LINKS = Settings(folder=Path())
BY_PROVIDER = Settings(folder=Path(), sign_in="oidc")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/audit.sqlite")
    store.create()
    yield store
    store.close()


def add(store: Store, name: str = "Ann", role: Role | None = None, days: int | None = None) -> str:
    """Add somebody and give the token of their link."""
    token = add_person(store, BY_LINKS, name, role=role, days=days, now=NOW).token
    assert token is not None
    return token


def come_in(
    store: Store, token: str, throttle: Throttle | None = None, *, later: timedelta = timedelta()
) -> Admission:
    return admit_by_link(
        store,
        throttle or Throttle(),
        token,
        address="192.0.2.1",
        seconds=later.total_seconds(),
        now=NOW + later,
    )


def stay(store: Store, admission: Admission, *, later: timedelta = timedelta()) -> None:
    with store.reading() as transaction:
        check_still_allowed(transaction, admission, NOW + later)


def test_a_token_has_256_random_bits_and_goes_into_an_address_as_it_is() -> None:
    tokens = {make_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 and set(token) <= set(_URL_SAFE) for token in tokens)


_URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_link_lets_its_owner_in_and_only_its_hash_is_kept(store: Store) -> None:
    token = add(store, "Ann", Role.LEAD)

    admission = come_in(store, token)
    stay(store, admission)

    assert (admission.reviewer.name, admission.reviewer.role) == ("Ann", Role.LEAD)
    with store.reading() as transaction:
        row = transaction.connection.execute(text("SELECT * FROM reviewers")).one()
    assert hash_token(token) in row
    assert token not in str(row)


@given(st.text())
def test_any_text_has_a_hash(token: str) -> None:
    assert len(hash_token(token)) == 64


@pytest.mark.parametrize(
    "forged",
    ["", "x", "\ud800", "🦉", "'; DROP TABLE reviewers; --", "A" * 43, "%00", "A" * 1_000_000],
)
def test_a_forged_link_is_refused(store: Store, forged: str) -> None:
    add(store)

    with pytest.raises(AccessError, match=r"^this link is not valid, or a newer one has replaced it: ask "):
        come_in(store, forged)


def test_a_link_that_is_nearly_right_is_refused(store: Store) -> None:
    token = add(store)

    for near in (token[:-1], token + "A", token.swapcase(), f" {token}", hash_token(token)):
        with pytest.raises(AccessError, match="not valid"):
            come_in(store, near)


def test_a_link_ends_when_its_days_are_over(store: Store) -> None:
    token = add(store, days=2)
    admission = come_in(store, token, later=timedelta(days=2, seconds=-1))

    with pytest.raises(AccessError, match=r"^this link has expired: ask "):
        come_in(store, token, later=timedelta(days=2))
    with pytest.raises(AccessError, match="has expired"):
        stay(store, admission, later=timedelta(days=2))


def test_a_link_without_days_has_no_end(store: Store) -> None:
    stay(store, come_in(store, add(store), later=timedelta(days=9999)), later=timedelta(days=9999))


def test_a_new_link_ends_the_old_one_also_on_open_pages(store: Store) -> None:
    old = add(store)
    admission = come_in(store, old)

    new = add(store)

    with pytest.raises(AccessError, match="a newer link has replaced yours"):
        stay(store, admission)
    with pytest.raises(AccessError, match="not valid, or a newer one has replaced it"):
        come_in(store, old)
    stay(store, come_in(store, new))


def test_who_is_shut_out_neither_comes_in_nor_stays_until_added_again(store: Store) -> None:
    token = add(store)
    admission = come_in(store, token)

    disable_person(store, " Ann ", NOW)

    for attempt in (lambda: come_in(store, token), lambda: stay(store, admission)):
        with pytest.raises(AccessError, match="you no longer take part in this review"):
            attempt()
    stay(store, come_in(store, add(store)))
    with pytest.raises(AccessError):
        come_in(store, token)


def test_shutting_one_out_leaves_the_others_in(store: Store) -> None:
    ann, ben = add(store, "Ann"), add(store, "Ben")
    open_page = come_in(store, ben)

    disable_person(store, "Ann", NOW)

    stay(store, open_page)
    stay(store, come_in(store, ben))
    with pytest.raises(AccessError):
        come_in(store, ann)


def test_a_role_that_is_taken_away_is_gone_from_open_pages(store: Store) -> None:
    add_person(store, BY_PROVIDER, "ann@example.org", role=Role.LEAD, days=None, now=NOW)
    admission = admit_by_email(store, "ann@example.org", is_verified=True)
    check_lead(admission)

    add_person(store, BY_PROVIDER, "ann@example.org", role=Role.REVIEWER, days=None, now=NOW)

    with pytest.raises(AccessError, match="reload the page"):
        stay(store, admission)
    with pytest.raises(AccessError, match="for those who lead"):
        check_lead(admit_by_email(store, "ann@example.org", is_verified=True))


def test_forged_links_in_a_row_are_refused_for_a_minute_and_not_longer(store: Store) -> None:
    throttle = Throttle()
    for _ in range(PER_ADDRESS):
        with pytest.raises(AccessError, match="not valid"):
            come_in(store, "forged", throttle)

    for wait in (0, 30, PERIOD - 1):
        with pytest.raises(AccessError, match="wait a minute"):
            come_in(store, "forged", throttle, later=timedelta(seconds=wait))
    with pytest.raises(AccessError, match="not valid"):
        come_in(store, "forged", throttle, later=timedelta(seconds=PERIOD))


def test_forged_links_from_everywhere_keep_out_nobody_who_has_one(store: Store) -> None:
    token, throttle = add(store), Throttle()
    for number in range(OVERALL):
        throttle.count(f"198.51.100.{number % 250}:{number // 250}", 1)
    with pytest.raises(AccessError, match="wait a minute"):
        come_in(store, "forged", throttle, later=timedelta(seconds=1))

    assert come_in(store, token, throttle, later=timedelta(seconds=1)).reviewer.name == "Ann"


def test_links_that_somebody_has_are_not_counted_as_tries(store: Store) -> None:
    token, throttle = add(store, days=1), Throttle()

    for _ in range(5 * PER_ADDRESS):
        with pytest.raises(AccessError, match="has expired"):
            come_in(store, token, throttle, later=timedelta(days=1))


def test_the_person_of_this_machine_leads_the_review_too(store: Store) -> None:
    with store.transaction() as transaction:
        ensure_reviewer(transaction, LOCAL_REVIEWER, NOW)  # as older versions left it

    admission = admit_local(store, NOW)

    check_lead(admission)
    stay(store, admission)
    assert admit_local(store, NOW) == admission


def test_a_verified_address_lets_its_owner_in_whatever_its_case(store: Store) -> None:
    add_person(store, BY_PROVIDER, " Ann@Example.org ", role=None, days=90, now=NOW)

    admission = admit_by_email(store, "ann@example.ORG", is_verified=True)

    assert admission.reviewer.name == "ann@example.org"
    assert not admission.reviewer.has_link
    disable_person(store, "ANN@example.org", NOW)
    with pytest.raises(AccessError, match="no longer take part"):
        stay(store, admission)
    with pytest.raises(AccessError, match="no longer take part"):
        admit_by_email(store, "ann@example.org", is_verified=True)


@pytest.mark.parametrize(
    ("email", "is_verified"),
    [
        ("ann@example.org", False),
        ("ann@example.org", None),
        ("ann@example.org", "true"),
        ("ann@example.org", 1),
        ("", True),
        (None, True),
        (["ann@example.org"], True),
        ("local", True),
    ],
)
def test_an_address_that_the_provider_does_not_vouch_for_is_refused(
    store: Store, email: object, is_verified: object
) -> None:
    add_person(store, BY_PROVIDER, "ann@example.org", role=None, days=None, now=NOW)

    with pytest.raises(AccessError, match="does not confirm"):
        admit_by_email(store, email, is_verified=is_verified)


def test_a_stranger_whom_the_provider_vouches_for_is_refused(store: Store) -> None:
    with pytest.raises(AccessError, match="this review does not know eve@example.org: ask "):
        admit_by_email(store, "eve@example.org", is_verified=True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "has no name"),
        (" \t ", "has no name"),
        ("An\nn", "control characters"),
        ("Ann\u202eeilA", "control characters"),
        ("A" * 201, "201 characters"),
        ("An\u200cn", "control characters"),
        ("ليلى\u200c", "control characters"),
        (" local ", "needs no link"),
        ("LOCAL", "needs no link"),
    ],
)
def test_a_name_that_will_not_do_is_refused_in_one_sentence(store: Store, name: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        add(store, name)

    assert "\n" not in str(refused.value)
    assert list_people(store, BY_LINKS, NOW) == []


@pytest.mark.parametrize("name", ["Ann", "@example.org", "ann@", "a nn@example.org", "local"])
def test_a_provider_knows_addresses_alone(store: Store, name: str) -> None:
    with pytest.raises(InputError):
        add_person(store, BY_PROVIDER, name, role=None, days=None, now=NOW)


def test_hostile_names_are_names(store: Store) -> None:
    names = ["<script>alert(1)</script>", "Robert'); DROP TABLE reviewers;--", "ليلى", "🦉", "A" * 200]
    names += ["می\u200cخواهم", "क्\u200dष"]  # Persian and Hindi are written with joiners

    tokens = {name: add(store, name) for name in names}

    assert {come_in(store, token).reviewer.name for token in tokens.values()} == set(names)


def test_a_person_added_again_keeps_their_role_unless_another_is_given(store: Store) -> None:
    add(store, "Ann", Role.LEAD)

    again = add_person(store, BY_LINKS, "Ann", role=None, days=None, now=NOW)

    assert again.reviewer.role is Role.LEAD
    assert again.before is not None
    assert again.before.has_link


def test_the_list_says_what_became_of_each_link(store: Store) -> None:
    add(store, "Ann", days=1)
    add(store, "Ben", days=3)
    add(store, "Eve")
    disable_person(store, "Eve", NOW)
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "Imported", NOW)

    people = list_people(store, BY_LINKS, NOW + timedelta(days=2))

    assert {each.reviewer.name: each.link for each in people} == {
        "Ann": LinkState.EXPIRED,
        "Ben": LinkState.VALID,
        "Eve": LinkState.DISABLED,
        "Imported": LinkState.NONE,
    }


def test_a_page_that_lets_nobody_in_is_not_served(store: Store) -> None:
    admit_local(store, NOW)
    with store.transaction() as transaction:
        ensure_reviewer(transaction, "Imported", NOW)
    refusal = pytest.raises(InputError, match=r"nobody could sign in yet.*`mask-audit reviewer add NAME`")

    with refusal:
        check_somebody_may_sign_in(store, BY_LINKS, NOW)
    add(store, "Ann", days=1)
    check_somebody_may_sign_in(store, BY_LINKS, NOW)
    with pytest.raises(InputError, match="nobody could sign in"):
        check_somebody_may_sign_in(store, BY_LINKS, NOW + timedelta(days=1))
    disable_person(store, "Ann", NOW)
    with pytest.raises(InputError, match="nobody could sign in"):
        check_somebody_may_sign_in(store, BY_LINKS, NOW)


def test_who_is_unknown_cannot_be_shut_out_and_the_local_person_neither(store: Store) -> None:
    with pytest.raises(InputError, match="there is no reviewer 'Ann'"):
        disable_person(store, "Ann", NOW)
    with pytest.raises(InputError, match="cannot be shut out"):
        disable_person(store, "local", NOW)


@pytest.mark.parametrize("name", ["ann", "ANN"])
def test_names_that_differ_in_case_alone_are_one_person(store: Store, name: str) -> None:
    token = add(store, "Ann")

    with pytest.raises(InputError, match="there is 'Ann' already, and .* differs from it in upper and lower"):
        add(store, name)

    assert come_in(store, token).reviewer.name == "Ann"
    assert disable_person(store, name, NOW).name == "Ann"


def test_a_review_that_goes_over_to_a_provider_keeps_its_people(store: Store) -> None:
    add(store, "Bob")
    add(store, "Carl@Example.org")

    with pytest.raises(InputError, match="nobody could sign in"):
        disable_person(store, "Carl@Example.org", NOW)
        check_somebody_may_sign_in(store, BY_PROVIDER, NOW)
    again = add_person(store, BY_PROVIDER, "carl@example.ORG", role=None, days=None, now=NOW)
    check_somebody_may_sign_in(store, BY_PROVIDER, NOW)

    assert again.before is not None
    assert admit_by_email(store, "carl@example.org", is_verified=True).reviewer.name == "Carl@Example.org"
    assert [(each.reviewer.name, each.link) for each in list_people(store, BY_PROVIDER, NOW)] == [
        ("Bob", LinkState.NONE),
        ("Carl@Example.org", LinkState.NONE),
    ]
    assert disable_person(store, "Bob", NOW).name == "Bob"


@pytest.mark.parametrize(
    "error",
    [
        InputError("/srv/review/audit.toml: unknown key 'x'"),
        UnavailableError("postgresql://ann@db.example.org/review does not answer"),
        UnreachableError("postgresql://ann@db.example.org/review does not answer"),
    ],
)
def test_what_concerns_the_server_is_told_to_leads_and_logged_for_others(
    store: Store, caplog: pytest.LogCaptureFixture, error: InputError | UnavailableError | UnreachableError
) -> None:
    ann = come_in(store, add(store, "Ann")).reviewer

    assert told_to(admit_local(store, NOW).reviewer, error) == str(error)
    assert caplog.text == ""
    assert told_to(ann, error) == told_to(None, error) == CANNOT_NOW
    assert caplog.text.count(str(error)) == 2
    assert told_to(None, AccessError("this link has expired")) == "this link has expired"
