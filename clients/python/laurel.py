"""A client of Laurel's own API. Written by scripts/clients from /openapi.json; do not edit.

It needs Python 3.11 or later and nothing else.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Callable, Iterator, NotRequired, TypedDict


class LaurelProblem(Exception):
    """What a Laurel server says when it cannot do something (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"the server answered {status}")
        self.status = status
        self.problem = problem


class AchievementOut(TypedDict):
    code: NotRequired[str]
    id: str
    key: str
    name: str
    type: str
    version: str


class AchievementOutList(TypedDict):
    items: list[AchievementOut]
    next: NotRequired[str]


class AchievementRef(TypedDict):
    code: NotRequired[str]
    id: str
    name: str
    type: str


class AchievementWhole(TypedDict):
    achievement: AchievementOut
    body: dict[str, Any]


class AskIn(TypedDict):
    achievement: NotRequired[str]
    bound: NotRequired[bool]
    kind: str
    name: str
    purpose: str


class AskOut(TypedDict):
    expires: str
    page: str
    result: str
    wallet: str


class AwardChange(TypedDict):
    awardedOn: NotRequired[str]
    credits: NotRequired[str]
    expiresOn: NotRequired[str]
    narrative: NotRequired[str]
    term: NotRequired[str]


class AwardOptional(TypedDict):
    achievement: NotRequired[str]
    awardedOn: NotRequired[str]
    credits: NotRequired[str]
    email: NotRequired[str]
    evidenceUrl: NotRequired[str]
    expiresOn: NotRequired[str]
    grade: NotRequired[str]
    key: NotRequired[str]
    name: NotRequired[str]
    narrative: NotRequired[str]
    person: NotRequired[str]
    term: NotRequired[str]


class AwardOut(TypedDict):
    achievement: AchievementRef
    awardedOn: NotRequired[str]
    credential: NotRequired[str]
    credits: NotRequired[str]
    expiresOn: NotRequired[str]
    id: str
    narrative: NotRequired[str]
    person: PersonRef
    reason: NotRequired[str]
    result: NotRequired[str]
    revision: int
    state: str
    term: NotRequired[str]
    updatedAt: str


class AwardOutList(TypedDict):
    items: list[AwardOut]
    next: NotRequired[str]


class AwardsIn(TypedDict):
    achievement: NotRequired[str]
    awardedOn: NotRequired[str]
    awards: NotRequired[list[AwardOptional]]
    credits: NotRequired[str]
    dryRun: NotRequired[bool]
    email: NotRequired[str]
    evidenceUrl: NotRequired[str]
    expiresOn: NotRequired[str]
    grade: NotRequired[str]
    issue: NotRequired[bool]
    key: NotRequired[str]
    name: NotRequired[str]
    narrative: NotRequired[str]
    person: NotRequired[str]
    term: NotRequired[str]


class AwardsOut(TypedDict):
    approved: int
    drafts: int
    dryRun: bool
    issuing: NotRequired[str]
    rejected: int
    rows: list[RowOut]
    withheld: NotRequired[str]


class Counts(TypedDict):
    catalogue: int
    changed: int
    learners: int
    new: int
    ready: int
    rejected: int
    repeated: int
    rows: int
    unchanged: int
    vanished: int


class FindingOut(TypedDict):
    code: str
    fix: NotRequired[str]
    message: str
    place: str
    severity: str


class ImportOut(TypedDict):
    awards: NotRequired[list[str]]
    batch: NotRequired[str]
    counts: Counts
    findings: list[FindingOut]
    format: NotRequired[str]


class KeyOut(TypedDict):
    actsFor: str
    institution: str
    name: str
    prefix: str
    scopes: list[str]


class PersonOut(TypedDict):
    email: NotRequired[str]
    id: str
    key: str
    name: str
    record: NotRequired[str]


class PersonOutList(TypedDict):
    items: list[PersonOut]
    next: NotRequired[str]


class PersonRef(TypedDict):
    id: str
    name: str


class Problem(TypedDict):
    code: str
    detail: str
    instance: NotRequired[str]
    pointer: NotRequired[str]
    status: int
    title: str
    type: str


class ReasonIn(TypedDict):
    reason: str


class RowOut(TypedDict):
    award: NotRequired[str]
    message: NotRequired[str]
    person: NotRequired[str]
    pointer: NotRequired[str]
    row: int
    state: str
    status: NotRequired[str]


class ShareIn(TypedDict):
    allowDownload: NotRequired[bool]
    audience: NotRequired[str]
    expiresAt: NotRequired[str]
    items: NotRequired[list[str]]
    label: NotRequired[str]
    note: NotRequired[str]
    passcode: NotRequired[str]
    whole: NotRequired[bool]


class ShareOut(TypedDict):
    audience: NotRequired[str]
    expiresAt: NotRequired[str]
    id: str
    items: NotRequired[list[str]]
    label: NotRequired[str]
    openings: int
    state: str
    url: NotRequired[str]


class ShareOutList(TypedDict):
    items: list[ShareOut]
    next: NotRequired[str]


class StatementOut(TypedDict):
    award: NotRequired[str]
    happenedAt: str
    id: str
    kind: str
    object: str
    sha256: str
    verb: str


class StatementOutList(TypedDict):
    items: list[StatementOut]
    next: NotRequired[str]


class StatementsOut(TypedDict):
    kept: int
    rejected: int
    rows: list[ToldOut]


class ToldOut(TypedDict):
    id: str
    message: NotRequired[str]
    person: NotRequired[str]
    state: str


class VerifyIn(TypedDict):
    inputs: NotRequired[list[Any]]


class WalletError(TypedDict):
    error: str
    error_description: NotRequired[str]


class Laurel:
    """The API of one server, with one API key."""

    def __init__(self, base: str, key: str = "", timeout: float = 60) -> None:
        self.base, self.key, self.timeout = base.rstrip("/"), key, timeout
        self.etag = ""  # of the last answer; a change sends it back as if_match

    def _send(self, method: str, path: str, query: dict[str, str | None], headers: dict[str, str | None], body: bytes | None = None) -> bytes:
        text = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        request = urllib.request.Request(self.base + path + ("?" + text if text else ""), data=body, method=method)
        for name, value in headers.items():
            if value is not None:
                request.add_header(name, value)
        if self.key:
            request.add_header("Authorization", "Bearer " + self.key)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                self.etag = answer.headers.get("ETag") or ""
                return answer.read()
        except urllib.error.HTTPError as err:
            with err:
                try:
                    problem = json.loads(err.read())
                except ValueError:
                    problem = {}
            raise LaurelProblem(err.code, problem if isinstance(problem, dict) else {}) from None

    def every(self, read: Callable[..., Any], **query: str) -> Iterator[Any]:
        """Every item of a list, page after page: laurel.every(laurel.list_awards, state="issued")."""
        while True:
            page = read(**query)
            yield from page["items"]
            if not page.get("next"):
                return
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"]).query))

    def list_achievements(self, *, search: str | None = None, limit: str | None = None, after: str | None = None) -> AchievementOutList:
        """The current catalogue by type and name."""
        return json.loads(self._send("GET", "/api/achievements", {"search": search, "limit": limit, "after": after}, {}))

    def read_achievement(self, id: str) -> AchievementWhole:
        """One achievement with its whole description, by its key."""
        return json.loads(self._send("GET", "/api/achievements/" + urllib.parse.quote(id, safe=""), {}, {}))

    def list_awards(self, *, state: str | None = None, person: str | None = None, search: str | None = None, limit: str | None = None, after: str | None = None) -> AwardOutList:
        """Awards in the order in which they were entered."""
        return json.loads(self._send("GET", "/api/awards", {"state": state, "person": person, "search": search, "limit": limit, "after": after}, {}))

    def make_awards(self, body: AwardsIn, *, dry_run: str | None = None, idempotency_key: str | None = None) -> AwardsOut:
        """Makes drafts of one award or many, and says per row what happened. With issue they are approved and signed, where the institution's policy lets the key's maker approve."""
        return json.loads(self._send("POST", "/api/awards", {"dryRun": dry_run}, {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}, json.dumps(body).encode()))

    def read_award(self, id: str) -> AwardOut:
        """One award."""
        return json.loads(self._send("GET", "/api/awards/" + urllib.parse.quote(id, safe=""), {}, {}))

    def change_award(self, id: str, body: AwardChange, if_match: str) -> AwardOut:
        """Edits a draft: the members that are sent are written."""
        return json.loads(self._send("PATCH", "/api/awards/" + urllib.parse.quote(id, safe=""), {}, {"Content-Type": "application/json", "If-Match": if_match}, json.dumps(body).encode()))

    def revoke_award(self, id: str, body: ReasonIn, *, idempotency_key: str | None = None) -> AwardOut:
        """Withdraws an issued award for good; the learner reads the reason."""
        return json.loads(self._send("POST", "/api/awards/" + urllib.parse.quote(id, safe="") + "/revoke", {}, {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}, json.dumps(body).encode()))

    def gap(self, body: dict[str, Any], *, idempotency_key: str | None = None) -> dict[str, Any]:
        """Compares claims with what a target asks; the request carries everything, and nothing of it is kept."""
        return json.loads(self._send("POST", "/api/gap", {}, {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}, json.dumps(body).encode()))

    def stage_import(self, body: bytes, *, name: str | None = None, format: str | None = None, source: str | None = None, dry_run: str | None = None, idempotency_key: str | None = None) -> ImportOut:
        """Reads a file as the desk's import does and keeps it until it is committed. The body is the file."""
        return json.loads(self._send("POST", "/api/imports", {"name": name, "format": format, "source": source, "dryRun": dry_run}, {"Content-Type": "text/csv", "Idempotency-Key": idempotency_key}, body))

    def commit_import(self, batch: str, *, idempotency_key: str | None = None) -> ImportOut:
        """Makes drafts of a staged import's good rows."""
        return json.loads(self._send("POST", "/api/imports/" + urllib.parse.quote(batch, safe="") + "/commit", {}, {"Idempotency-Key": idempotency_key}))

    def about_key(self) -> KeyOut:
        """Whose key this is and what it may do."""
        return json.loads(self._send("GET", "/api/me", {}, {}))

    def list_people(self, *, search: str | None = None, limit: str | None = None, after: str | None = None) -> PersonOutList:
        """The people of the register by name."""
        return json.loads(self._send("GET", "/api/people", {"search": search, "limit": limit, "after": after}, {}))

    def read_person(self, id: str) -> PersonOut:
        """One person."""
        return json.loads(self._send("GET", "/api/people/" + urllib.parse.quote(id, safe=""), {}, {}))

    def read_record(self, id: str) -> bytes:
        """A person's signed record, byte for byte. A learner's key reads its own as me."""
        return self._send("GET", "/api/people/" + urllib.parse.quote(id, safe="") + "/record", {}, {})

    def list_statements(self, id: str, *, limit: str | None = None, after: str | None = None) -> StatementOutList:
        """What learning systems said that a person did."""
        return json.loads(self._send("GET", "/api/people/" + urllib.parse.quote(id, safe="") + "/statements", {"limit": limit, "after": after}, {}))

    def ask_wallet(self, body: AskIn) -> AskOut:
        """Asks a wallet to show something (OpenID4VP): wallet is what it opens, page is for people, result is where the answer will be. Needs no key."""
        return json.loads(self._send("POST", "/api/presentation-requests", {}, {"Content-Type": "application/json"}, json.dumps(body).encode()))

    def end_ask(self, secret: str) -> None:
        """Deletes a request and what was shown."""
        self._send("DELETE", "/api/presentation-requests/" + urllib.parse.quote(secret, safe=""), {}, {})

    def read_ask(self, secret: str) -> dict[str, Any]:
        """What came of a request: asked, answered with reports, declined or ended."""
        return json.loads(self._send("GET", "/api/presentation-requests/" + urllib.parse.quote(secret, safe=""), {}, {}))

    def list_shares(self) -> ShareOutList:
        """A learner's own shares. For keys of learners."""
        return json.loads(self._send("GET", "/api/shares", {}, {}))

    def make_share(self, body: ShareIn, *, idempotency_key: str | None = None) -> ShareOut:
        """Shares a learner's own record, or items of it, behind a link that is told once."""
        return json.loads(self._send("POST", "/api/shares", {}, {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}, json.dumps(body).encode()))

    def end_share(self, id: str) -> None:
        """Ends a share; its bytes are deleted."""
        self._send("DELETE", "/api/shares/" + urllib.parse.quote(id, safe=""), {}, {})

    def keep_statements(self, body: dict[str, Any], *, award: str | None = None, idempotency_key: str | None = None) -> StatementsOut:
        """Keeps xAPI statements or Caliper events as evidence: one, a list, or a Caliper envelope. With award they become evidence of a draft. The same id twice is one statement."""
        return json.loads(self._send("POST", "/api/statements", {"award": award}, {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}, json.dumps(body).encode()))

    def verify(self, body: VerifyIn, *, on: str | None = None) -> dict[str, Any]:
        """Judges a credential, a presentation, a badge picture or a PDF: the body as it is, or {"inputs": [ … ]}. Needs no key. Nothing is kept."""
        return json.loads(self._send("POST", "/api/verify", {"on": on}, {"Content-Type": "application/json"}, json.dumps(body).encode()))
