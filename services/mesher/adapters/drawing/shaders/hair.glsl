// Hair, outside and inside: strands of different shades, which thin out where it begins and ends.
#include "light.glsl"
in float density;   // 1, and towards 0 where hair begins or ends
uniform vec3 color;
uniform sampler2D strand_map;

// Where around the head a strand is, in turns.
float turned_by() {
  return atan(around.y, around.x) / 6.2831853;
}

// Fine strands, wavering a little on their way.
vec4 fine_at(float turn) {
  return texture(strand_map, vec2(turn * 9.0 + 0.02 * sin(run.w * 9.0 + turn * 40.0), run.w * 1.3));
}

// How much hair there is: where it is thin its weaker strands are not there.
float covered(float turn) {
  // Strands are told apart as far as pixels can.
  float level = log2(max(3584.0 * fwidth(turn), 1.0)) + 0.7;
  if (density >= 1.0) return 1.0;
  float strength = clamp(2.4 * textureLod(strand_map, vec2(turn * 7.0, run.w * 5.0), level).b - 0.7, 0.0, 1.0);
  float weak = 0.24 + 0.52 * strength;
  return smoothstep(weak - 0.24, weak + 0.24, density);
}

// Thin hair covers some of a pixel's four samples; how many.
int samples_of(float cover) {
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  return int(cover * 4.0 + noise);
}
