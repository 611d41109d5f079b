import type { Atelier } from "../api/atelier";
import { BackgroundCalls } from "../api/backgrounds";
import type { Client } from "../api/client";
import { Desk } from "../api/desk";
import { FaceCalls } from "../api/faces";
import { GenerationCalls } from "../api/generations";
import { JobCalls } from "../api/jobs";
import { PictureCalls } from "../api/pictures";
import { PoseCalls } from "../api/poses";
import { ShareCalls } from "../api/shares";
import type { Language } from "../i18n/locale";
import { Avatars } from "./avatars";
import { BodyDraft } from "./body";
import { Downloads } from "./downloads";
import { FaceConsent } from "./face-consent";
import { Faces } from "./faces";
import { Generations } from "./generations";
import { Observable } from "./observable";
import { OwnBackgrounds } from "./own-backgrounds";
import { OwnPoses } from "./own-poses";
import { PhotoOrders } from "./photo-orders";
import { Pictures } from "./pictures";
import { PoseNames } from "./pose-names";
import { PosePictures } from "./pose-pictures";
import { PoseLibrary } from "./poses";
import { Shares } from "./shares";
import { Wallet } from "./wallet";
import { Wardrobe } from "./wardrobe";

/** A line on the body to show the tape of; its name as in the receipt. */
export class TapeOnShow extends Observable {
  name: string | null = null;

  show(name: string | null): void {
    if (name === this.name) return;
    this.name = name;
    this.changed();
  }
}

/** Everything the signed-in page works on. */
export class Studio {
  readonly body: BodyDraft;
  readonly wardrobe: Wardrobe;
  readonly avatars: Avatars;
  readonly downloads: Downloads;
  readonly faces: Faces;
  readonly library: PoseLibrary;
  readonly ownPoses: OwnPoses;
  readonly poseNames: PoseNames;
  readonly posePictures: PosePictures;
  readonly pictures: Pictures;
  readonly ownBackgrounds: OwnBackgrounds;
  readonly wallet: Wallet;
  readonly generations: Generations;
  readonly photoOrders: PhotoOrders;
  readonly shares: Shares;
  readonly tape = new TapeOnShow();
  readonly #stop: readonly (() => void)[];

  constructor(
    api: Atelier,
    client: Client,
    readonly language: Language,
  ) {
    this.body = new BodyDraft(api);
    this.wardrobe = new Wardrobe(api);
    this.avatars = new Avatars(api, this.body, this.wardrobe);
    this.downloads = new Downloads(api);
    this.wallet = new Wallet(new Desk(client));
    const { avatars, body, wardrobe } = this;
    const [faces, jobs, drawn] = [new FaceCalls(client), new JobCalls(client), new GenerationCalls(client)];
    this.faces = new Faces({ calls: faces, jobs, avatars, body, wardrobe });
    this.pictures = new Pictures(new PictureCalls(client), jobs, avatars);
    const generations = (this.generations = new Generations(drawn, jobs, this.wallet));
    this.photoOrders = new PhotoOrders({ calls: drawn, consent: new FaceConsent(faces), generations, body, wardrobe });
    this.shares = new Shares(new ShareCalls(client));
    this.ownBackgrounds = new OwnBackgrounds(new BackgroundCalls(client));
    const poses = new PoseCalls(client);
    this.library = new PoseLibrary(poses);
    this.poseNames = new PoseNames(poses);
    this.posePictures = new PosePictures(poses);
    this.ownPoses = new OwnPoses(poses, wardrobe);
    this.#stop = [
      this.#fitSizes(),
      // The platform words its errors in the page's language.
      language.subscribe(() => {
        this.body.refresh();
      }),
    ];
  }

  open(): void {
    this.body.refresh();
    void this.wardrobe.load();
    void this.avatars.loadMore();
  }

  close(): void {
    this.faces.close();
    this.pictures.close();
    this.generations.leave();
    this.photoOrders.close();
    for (const stop of this.#stop) stop();
  }

  /** New estimates mean new sizes. */
  #fitSizes(): () => void {
    let seen = this.body.estimates;
    return this.body.subscribe(() => {
      if (this.body.estimates === seen) return;
      seen = this.body.estimates;
      this.wardrobe.fit(this.body.completed);
    });
  }
}
