"""Draw the approved pictures anew: look at them before they are committed."""

from __future__ import annotations

import numpy as np
from PIL import Image

from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain.body import BodyModel
from services.mesher.domain.model import Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.stage import Backdrop
from services.mesher.domain.staging import staged
from tests.unit.mesher.conftest import DRESS, MODELS
from tests.unit.mesher.scenes import APPEARANCE
from tests.unit.mesher.test_mesher_drawing import APPROVED, GOLDEN

if __name__ == "__main__":
    model = BodyModel.load(MODELS)
    outfitter = Outfitter(model, kept_cuts=1)
    body = model.stand(np.zeros(model.space.size))
    dressed = outfitter.dress(body, APPEARANCE, [DRESS])
    parts = outfitter.fringed(dressed, body, APPEARANCE.hair_color, brows=True)
    scene = Scene(parts, Rig(model.template.bones, model.template.parents.tolist(), body.heads), {})
    draughtsman = OpenGlDraughtsman()
    for camera, style in APPROVED:
        drawn = draughtsman.draw(staged(scene, camera, style, 256, Backdrop()))
        Image.fromarray(drawn[..., :3]).save(
            GOLDEN / f"{camera.value}_{style.value}.webp", quality=92, method=6
        )
