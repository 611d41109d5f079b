// Lashes: dark, thinning to their tips.
#include "light.glsl"
uniform vec3 color;

void main() {
  float open = open_to.w * hollow();
  painted = vec4(encoded(developed(color * (0.35 + 0.5 * lamp_light + irradiance(lamp) * open))), 1.0);
}
