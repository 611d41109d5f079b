// The inside of hair, dimly lit by what comes in. Most of it lies behind the head and the body, and is shaded all the same
// where several samples make a pixel, so it has to cost little.
#include "hair.glsl"

void main() {
  float turn = turned_by();
  int samples = samples_of(covered(turn));
  if (samples == 0) discard;
  gl_SampleMask[0] = (1 << samples) - 1;
  float strand = fine_at(turn).r;
  vec3 albedo = color * tint.rgb * mix(0.55, 1.35, strand);
  float open = open_to.w * mix(0.7, 1.0, strand);
  // Light from the lamp gets in about as far as any.
  vec3 light = albedo * (0.5 * open * open * lamp_light + irradiance(open_to.xyz) * bounced(open, albedo));
  painted = vec4(encoded(developed(light)), 1.0);
}
