"""The attacks that the platform has to stand, each with the answer that it must get."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """One attack, tried in several ways."""

    id: str
    tried: str
    answer: str
    ways: int = 3
    """In how many ways the tests try it at least."""
    lacks: str = ""
    """What no test can try yet, and why."""


ATTACKS: tuple[Attack, ...] = (
    Attack("A01", "no token on a route that needs one", "401 with `WWW-Authenticate: Bearer`"),
    Attack("A02", "algorithm `none` in every spelling, no signature", "401, one text for every bad token"),
    Attack("A03", "our public key as the secret of an HMAC", "401"),
    Attack("A04", "`jku`, `x5u`, `jwk`, `x5c` that lead to the attacker", "401, and nobody is asked"),
    Attack("A05", "a key id that is a path, SQL, or of no key", "401, looked up in the published keys alone"),
    Attack("A06", "`exp`, `nbf` or `iat` past, far off, of another type, missing", "401"),
    Attack("A07", "another issuer or audience, another environment's token", "401"),
    Attack("A08", "a refresh token, a letter's secret, a cookie as access token", "401"),
    Attack(
        "A09", "tokens that are huge, deeply nested, doubled, encrypted", "401 or 431, at the price of others"
    ),
    Attack(
        "A10",
        "tokens after log-out, another password, deletion, closing",
        "refresh 401 at once, and its reuse ends the session; access within its life",
    ),
    Attack(
        "A11",
        "guessing one password, spraying over many, `X-Forwarded-For` made up",
        "429 with `Retry-After`; proxies of ours alone are believed; others log in as before",
    ),
    Attack("A12", "asking who has an account", "the same status, body and work for known and unknown"),
    Attack("A13", "short, common and obvious passwords", "400 `weak_password`"),
    Attack(
        "A14",
        "long passwords, spaces, emoji, NUL, a megabyte",
        "taken to the last character, or 400 unhashed",
    ),
    Attack("A15", "a stolen database's hashes", "Argon2id at OWASP's costs; old ones grow at log-in"),
    Attack("A16", "another's ids on every route", "404, as for an id of nothing"),
    Attack("A17", "ids that are none, on every route", "400, 404 or 405"),
    Attack("A18", "lists with another's id, filters, sizes, cursors", "one's own rows, or 400"),
    Attack("A19", "members that are not the caller's to set", "400 `unknown_field`, and nothing changes"),
    Attack("A20", "reading what no answer should tell", "nothing of it in any answer"),
    Attack("A21", "administrators' routes by others, a role that was written into the token", "403, 401"),
    Attack("A22", "other methods and other spellings of a route", "404 or 405, or the same rights"),
    Attack("A23", "calling a service past the gateway", "no handshake, `PEER_NOT_ALLOWED`, no reflection"),
    Attack("A24", "bodies beyond the limit, announced or not", "413, read no further than the limit"),
    Attack("A25", "multipart forms that are made to hurt", "400 or 413"),
    Attack("A26", "pictures that unpack to gigabytes", "400, by their header"),
    Attack(
        "A27", "pictures at and beyond the allowed sizes", "400 with details; the bounds themselves are taken"
    ),
    Attack("A28", "files of another type than their name", "415; what a part says of itself means nothing"),
    Attack("A29", "SVG with scripts and entities", "415, and nothing is read"),
    Attack("A30", "files that are two things at once", "the picture alone is decoded, and written anew"),
    Attack(
        "A31",
        "what cameras write into pictures",
        "none of it is stored, for however long; what is kept is encoded anew, upright",
    ),
    Attack("A32", "broken and exotic pictures", "400, or their first picture, at a bounded price"),
    Attack(
        "A33", "file names with paths and line ends", "told in refusals, cleaned, and used for nothing else"
    ),
    Attack("A34", "photos missing, doubled, empty", "400 with details"),
    Attack("A35", "photos of nobody", "400 with what to do, nothing is kept, and credits go back"),
    Attack(
        "A36",
        "as many uploads as fit",
        "413 or 429",
        0,
        "Scans count as requests; there is no quota of bytes.",
    ),
    Attack("A37", "ranges that cost more than they give", "416, one range, or the whole file once", 9),
    Attack("A38", "another's files by a changed address", "404"),
    Attack("A39", "measurements that are none, or fit nobody", "400 with the fields"),
    Attack("A40", "JSON that is made to hurt", "400, 413 or 415"),
    Attack("A41", "texts that other languages read as commands", "400, or the same text and nothing else"),
    Attack("A42", "garments and poses that are not there", "400 or 404"),
    Attack(
        "A43", "a hundred jobs at once with credits for one", "one is accepted, 99 are 402; the balance is 0"
    ),
    Attack("A44", "cancelling, completing and deleting at once, twice, too late", "one end, one refund, 409"),
    Attack(
        "A45", "idempotency keys used again, by others, at once, malformed", "422, 409 or the answer; 400"
    ),
    Attack("A46", "prices, quantities and priority by the client", "400; the price is the server's"),
    Attack(
        "A47", "one more than the limit, at its edges, over several gateways", "exactly the limit passes; 429"
    ),
    Attack(
        "A48",
        "sign-ups for free credits",
        "429, and no credits before the address is verified",
        lacks="Addresses of throw-away mailboxes are not told from others.",
    ),
    Attack("A49", "webhooks that lead inside, in every spelling", "400 `url_not_allowed`, and no packet"),
    Attack(
        "A50", "names that change, redirects, other schemes and ports", "refused; redirects are not followed"
    ),
    Attack(
        "A51",
        "answers without end, slow, packed",
        "cut off in bytes and time",
        3,
        "Answers of webhooks; no picture is fetched from an address yet.",
    ),
    Attack(
        "A52", "webhooks that are not ours, changed, old", "every verifier refuses; rotation alone has two"
    ),
    Attack("A53", "receivers that are gone, or ask for a pause", "switched off, slowed down"),
    Attack("A54", "ports that are nobody's business", "closed by NetworkPolicy"),
    Attack("A55", "pods with more rights than they need", "refused by the policy's tests"),
    Attack("A56", "old TLS, plain text, foreign and expired certificates", "no handshake"),
    Attack(
        "A57",
        "other sites, missing headers, made-up hosts",
        "same origin alone",
        3,
        "Smuggling is not tried yet.",
    ),
    Attack(
        "A58",
        "HTTP/2 floods against the services",
        "bounded",
        3,
        "Resets and header floods are not tried yet.",
    ),
    Attack("A59", "line ends in logs, secrets in logs", "escaped, cut, hidden"),
    Attack("A60", "secrets and unpinned parts in repository and images", "found by the build"),
    Attack(
        "A61",
        "a photo without consent, after its withdrawal",
        "403 `consent_required` before a photo is read; the withdrawal stops jobs and deletes faces",
    ),
    Attack("A62", "looking for somebody who is deleted", "no hit anywhere; the export had everything"),
    Attack(
        "A63",
        "motion files that nest, claim or repeat without end, or hold no numbers",
        "400, at no price",
    ),
    Attack(
        "A64",
        "share links that are guessed, revoked, expired, or of somebody else's",
        "404 without a word why; what is stored opens nothing",
    ),
)
"""All of them, in order of their ids."""
