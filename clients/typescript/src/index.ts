export {
  Atelier,
  type AtelierOptions,
  type Avatar,
  type AvatarDraft,
  type BatchOptions,
  type BatchRow,
  type Face,
  type FaceOptions,
  type FacePhotos,
  type ItemOf,
  type ListPath,
  type PhotoAvatarOptions,
  type Scan,
} from "./atelier.js";
export {
  AtelierError,
  BadSignature,
  JobNotCompleted,
  Refused,
  UnexpectedAnswer,
  Unreachable,
  WaitedTooLong,
  type Job,
  type Problem,
} from "./errors.js";
export type { Retries } from "./retries.js";
export type { components, paths } from "./schema.js";
export type { Waiting } from "./watching.js";
export { verifyWebhook, type WebhookCheck, type WebhookMessage } from "./webhooks.js";
