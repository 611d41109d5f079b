// What the lines and tones of a drawing follow from: which way a place faces, how far it is, whose it is, and its light.
#include "toon_light.glsl"
uniform vec3 across;   // to the camera's right
uniform vec3 upward;   // and up
uniform float owner;   // from 1 on
uniform float hair;
uniform sampler2D strand_map;
layout(location = 1) out vec2 lightness;
#include "locks.glsl"

void main() {
  vec3 n = normalize(facing);
  if (dot(n, eye - at) < 0.0) n = -n;
  if (hair > 0.5 && cut()) discard;
  float far = distance(eye, at);
  painted = vec4(dot(n, across), dot(n, upward), far, hair > 0.5 ? -owner : owner);
  lightness = vec2(brightness(n), far);
}
