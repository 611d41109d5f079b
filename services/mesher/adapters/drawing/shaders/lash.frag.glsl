// Lashes: dark, thinning to their tips.
#include "light.glsl"
uniform vec3 color;

void main() {
  float open = open_to.w * hollow();
  painted = vec4(encoded(developed(color * (0.4 + irradiance(normalize(facing)) * open))), 1.0);
}
