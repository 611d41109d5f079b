import { describe, expect, it } from "vitest";
import { ApiError, faultsByField, Unreachable } from "../src/api/errors";
import { json, Platform, problem } from "./platform";

/** Answers `/v1/me` only to the token that the refresh gives. */
function expiring(platform: Platform): void {
  platform.on("GET /v1/me", ({ authorization }) =>
    authorization === "Bearer access-2" ? json({ email: "a@b.c" }) : problem(401, "unauthenticated", "expired"),
  );
  platform.on("POST /v1/auth/refresh", () => json({ accessToken: "access-2", refreshToken: "refresh-2", expiresIn: 900 }));
}

describe("the client", () => {
  it("sends the token and the language", async () => {
    const platform = new Platform();
    await platform.api.estimate({ measurements: {}, bodyType: "neutral" });
    expect(platform.received[0]).toMatchObject({ authorization: "Bearer access-1", language: "fr" });
  });

  it("sends no token where none is needed", async () => {
    const platform = new Platform();
    await platform.api.garments();
    expect(platform.received[0]?.authorization).toBeNull();
  });

  it("refreshes once for calls that fail together, and tries each of them again", async () => {
    const platform = new Platform();
    expiring(platform);
    const people = await Promise.all([platform.api.me(), platform.api.me(), platform.api.me()]);
    expect(people.map(({ email }) => email)).toEqual(["a@b.c", "a@b.c", "a@b.c"]);
    expect(platform.calls("POST /v1/auth/refresh")).toEqual([{ refreshToken: "refresh-1" }]);
    expect(platform.tokens.refresh).toBe("refresh-2");
  });

  it("signs out when the refresh token is refused, and forgets it", async () => {
    const platform = new Platform();
    expiring(platform);
    platform.on("POST /v1/auth/refresh", () => problem(401, "invalid_token", "no"));
    let signedOut = 0;
    platform.client.onSignedOut = () => (signedOut += 1);
    await expect(platform.api.me()).rejects.toMatchObject({ status: 401 });
    expect([signedOut, platform.tokens.refresh]).toEqual([1, null]);
  });

  it("keeps the refresh token when the platform is only ill", async () => {
    const platform = new Platform();
    expiring(platform);
    platform.on("POST /v1/auth/refresh", () => problem(503, "unavailable", "later"));
    await expect(platform.api.me()).rejects.toBeInstanceOf(ApiError);
    expect(platform.tokens.refresh).toBe("refresh-1");
  });

  it("tells a missing answer from a refusal", async () => {
    const platform = new Platform();
    await expect(platform.api.deleteAvatar("gone")).rejects.toBeInstanceOf(Unreachable);
    platform.on("GET /v1/me", () => new Response("<html>bad gateway</html>", { status: 502 }));
    await expect(platform.api.me()).rejects.toBeInstanceOf(Unreachable);
  });
});

describe("faults by field", () => {
  const refusal = new ApiError(422, {
    error: "no",
    code: "implausible_measurements",
    details: [
      { field: "measurements.waist_girth", message: "too large" },
      { field: "outfit[0].size", message: "unknown" },
      { field: "measurements['hip_girth']" },
    ],
  });

  it("finds the field at the end of its path, and falls back on the error's own words", () => {
    const faults = faultsByField(refusal, ["waist_girth", "hip_girth", "size", "stature"]);
    expect([...faults]).toEqual([["waist_girth", "too large"], ["size", "unknown"], ["hip_girth", "no"]]);
  });

  it("has none for anything but a refusal", () => {
    expect(faultsByField(new Unreachable("away"), ["size"]).size).toBe(0);
  });
});
