import { JobFailed } from "../api/errors";
import { Following } from "../api/job-events";
import type { JobCalls } from "../api/jobs";
import { QUIET, type Film, type PictureCalls, type PictureWish } from "../api/pictures";
import type { Job } from "../api/schema";
import type { Avatar } from "../api/types";
import type { Avatars, Shown } from "./avatars";
import { Observable } from "./observable";
import { Task } from "./task";

const AT_FIRST: PictureWish = { ...QUIET, camera: "fullbody", style: "realistic", size: 1024 };

/** A file that was drawn, and where the page has it. */
export interface Drawn {
  readonly file: Blob;
  readonly url: string;
}

/** The picture and the turntable of the avatar on show. They are the avatar's as it was: another one has none yet. */
export class Pictures extends Observable {
  readonly drawing = new Task();
  readonly filming = new Task();
  wish = AT_FIRST;
  picture: Drawn | null = null;
  film: Drawn | null = null;
  /** The job that draws the film. */
  job: Job | null = null;
  #of: Shown | null = null;
  #following: Following | null = null;

  constructor(
    private readonly calls: PictureCalls,
    private readonly jobs: JobCalls,
    private readonly avatars: Avatars,
  ) {
    super();
    for (const task of [this.drawing, this.filming]) {
      task.subscribe(() => {
        this.changed();
      });
    }
    avatars.subscribe(() => {
      this.#followAvatar();
    });
  }

  want(part: Partial<PictureWish>): void {
    this.wish = { ...this.wish, ...part };
    this.changed();
  }

  draw(): Promise<boolean> {
    return this.drawing.run(async () => {
      const shown = this.avatars.current;
      if (shown === null) return;
      const file = await this.calls.picture(shown.avatar, this.wish);
      if (shown === this.#of) this.picture = held(file, this.picture);
    });
  }

  /** Has the turntable drawn, and waits for it. */
  record(): Promise<boolean> {
    return this.filming.run(async () => {
      const shown = this.avatars.current;
      if (shown === null) return;
      const file = await this.#drawn(shown.avatar, this.wish);
      if (file !== null && shown === this.#of) this.film = held(file, this.film);
    });
  }

  close(): void {
    this.#following?.stop();
    this.#forget();
  }

  /** Null where the page was left before it was there. */
  async #drawn(avatar: Avatar, wish: PictureWish): Promise<Blob | null> {
    const asked = await this.calls.film(avatar, wish);
    if ("file" in asked) return asked.file;
    const job = await this.#ended(asked.job);
    if (job.state === "pending" || job.state === "processing") return null;
    if (job.state !== "completed") throw new JobFailed(job.error?.message ?? "");
    return fileOf(await this.calls.film(avatar, wish));
  }

  async #ended(job: Job): Promise<Job> {
    this.#hear(job);
    this.#following = new Following(this.jobs, job, {
      onChange: (news) => {
        job = news;
        this.#hear(news);
      },
      onConnection: () => undefined,
    });
    await this.#following.run();
    this.#following = null;
    this.#hear(null);
    return job;
  }

  #hear(job: Job | null): void {
    this.job = job;
    this.changed();
  }

  #followAvatar(): void {
    if (this.avatars.current === this.#of) return;
    this.#of = this.avatars.current;
    this.#forget();
    this.changed();
  }

  #forget(): void {
    for (const drawn of [this.picture, this.film]) if (drawn) URL.revokeObjectURL(drawn.url);
    this.picture = null;
    this.film = null;
  }
}

function held(file: Blob, before: Drawn | null): Drawn {
  if (before) URL.revokeObjectURL(before.url);
  return { file, url: URL.createObjectURL(file) };
}

/** The avatar may have been changed at the last moment: then there is a job where a film was. */
function fileOf(film: Film): Blob {
  if ("file" in film) return film.file;
  throw new JobFailed(film.job.error?.message ?? "");
}
