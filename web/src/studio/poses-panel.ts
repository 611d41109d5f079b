import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { WantedPose } from "../state/photo-orders";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./pose-shelves";

/** Poses for the avatar: the library's and the person's own. */
@customElement("poses-panel")
export class PosesPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.wardrobe, this.studio.avatars, this.studio.poseNames, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { wardrobe } = this.studio;
    return html`
      <h2>${m.poses_title()}</h2>
      <pose-shelves .studio=${this.studio} .chosen=${wardrobe.pose === null ? [] : [wardrobe.pose]}
        @choose=${({ detail }: CustomEvent<WantedPose>) => {
          wardrobe.choosePose(detail.id === wardrobe.pose ? null : detail.id);
        }}>
        <div class="worn small">
          <p>${this.#worn()}</p>
          <button class="text-button" ?disabled=${wardrobe.pose === null} @click=${() => {
            wardrobe.choosePose(null);
          }}>${m.poses_ease()}</button>
        </div>
      </pose-shelves>
    `;
  }

  /** The whole name of the pose that is chosen, which tiles have no room for; or what choosing one does. */
  #worn(): TemplateResult {
    const { wardrobe, avatars, poseNames, language } = this.studio;
    const name = wardrobe.pose === null ? null : poseNames.of(wardrobe.pose);
    return html`${name ? html`<b role="status">${language.of(name)}.</b> ` : nothing}
      ${name && avatars.current !== null
        ? nothing
        : html`<span class="muted">${avatars.current === null ? m.poses_later() : m.poses_live()}</span>`}`;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-content: start;
        padding: 1.25rem;
      }
      .worn {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 1rem;
      }
      .worn b {
        font-weight: 500;
      }
      .worn button {
        flex: none;
        padding: 0;
      }
    `,
  ];
}
