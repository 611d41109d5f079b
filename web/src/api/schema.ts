/** The shapes of `/v1` as its OpenAPI document has them; `make clients` writes them. */
import type { components } from "../../../clients/typescript/src/schema";

type Shapes = components["schemas"];

export type Person = Shapes["Account"];
export type ProfileChange = Shapes["ProfileChange"];
export type Tier = Person["tier"];
export type Session = Shapes["Session"];
export type Scope = Shapes["Scope"];
export type ApiKey = Shapes["ApiKey"];
export type ApiKeyDraft = Pick<Shapes["ApiKeyDraft"], "name" | "scopes"> & { readonly lifeDays: number | null };
export type NewApiKey = Shapes["NewApiKey"];
export type Credits = Shapes["Credits"];
export type CreditEntry = Shapes["CreditEntry"];
export type Prices = Shapes["Prices"];
export type PoseSummary = Shapes["PoseSummary"];
export type PoseFacets = Shapes["PoseFacets"];
export type CustomPose = Shapes["CustomPose"];
export type CustomBackground = Shapes["CustomBackground"];
export type Generation = Shapes["Generation"];
export type GenerationPage = Shapes["GenerationPage"];
export type GenerationStats = Shapes["GenerationStats"];
export type Share = Shapes["Share"];
export type ShareDraft = Shapes["ShareDraft"];
export type NewShare = Shapes["NewShare"];
export type Policy = Shapes["Policy"];
export type Purpose = Policy["purpose"];
export type Consent = Shapes["Consent"];
export type ConsentDraft = Shapes["ConsentDraft"];
export type Face = Shapes["Face"];
export type Job = Shapes["Job"];
export type JobResult = Shapes["JobResult"];
export type Webhook = Shapes["Webhook"];
export type WebhookEvent = Webhook["events"][number];
export type WebhookWithSecret = Shapes["WebhookWithSecret"];
export type Delivery = Shapes["Delivery"];
