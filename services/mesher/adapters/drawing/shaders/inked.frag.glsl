// Lines laid on what is drawn, with smooth edges.
uniform sampler2D source;
uniform vec3 ink;   // what multiplies the colour
in vec2 place;
out vec4 result;

void main() {
  vec2 texel = 0.5 / vec2(textureSize(source, 0));
  float line = 0.0;
  for (int each = 0; each < 4; each++) {
    line += texture(source, place + texel * (vec2(each & 1, each >> 1) * 2.0 - 1.0)).r;
  }
  result = vec4(mix(vec3(1.0), ink, min(0.3 * line, 1.0)), 1.0);
}
