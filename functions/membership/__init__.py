"""Who belongs: joining, proving an address, who may join and why, review, signing in, the profile, leaving."""

PATHS = (
    "/join",
    "/join/code",
    "/join/about-you",
    "/join/check",
    "/join/outcome",
    "/vouch/{token}",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/account",
    "/account/data",
    "/account/leave",
    "/account/sign-out-everywhere",
    "/left",
    "/coordinate/applications",
    "/coordinate/applications/{id}",
    "/coordinate/members",
    "/api/eligibility",
    "/api/applications",
    "/api/applications/code",
)
