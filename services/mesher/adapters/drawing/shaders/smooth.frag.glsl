// Four by four neighbours at the same distance are averaged: that takes the pattern of the rays out.
uniform sampler2D source;
in vec2 place;
out vec2 result;

void main() {
  vec2 texel = 1.0 / vec2(textureSize(source, 0));
  vec2 mine = texture(source, place).rg;
  float sum = 0.0, all = 0.0;
  for (int x = -2; x < 2; x++) for (int y = -2; y < 2; y++) {
    vec2 c = texture(source, place + (vec2(x, y) + 0.5) * texel).rg;
    float weight = exp(-abs(c.g - mine.g) * 60.0) + 1e-4;
    sum += weight * c.r;
    all += weight;
  }
  result = vec2(sum / all, mine.g);
}
