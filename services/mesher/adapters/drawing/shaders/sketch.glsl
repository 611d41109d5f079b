// What the lines and tones of a drawing follow from: which way a place faces, how far it is, whose it is, and its light.
#include "toon_light.glsl"
uniform vec3 across;   // to the camera's right
uniform vec3 upward;   // and up
uniform float owner;   // from 1 on, and below zero where it is hair
uniform vec3 color;
uniform sampler2D picture;
layout(location = 1) out vec2 lightness;
#ifdef LOCKED
#include "locks.glsl"
#endif
#include "lips.glsl"
const float LIPS = 0.1;   // what lips add to their owner

void main() {
#ifdef LOCKED
  if (cut()) discard;
#endif
  vec3 n = normalize(facing);
  if (dot(n, eye - at) < 0.0) n = -n;
  float lip = made_up == 0.0 ? 0.0 : lip_of(decoded(texture(picture, place).rgb), color);
  float far = distance(eye, at);
  painted = vec4(dot(n, across), dot(n, upward), far, owner + LIPS * lip);
  lightness = vec2(brightness(n), far);
}
