// Light evened out along one way of the picture, among places at about the same distance: tones then have calm edges.
uniform sampler2D source;
uniform vec2 way;     // between two looks, of the picture's side
in vec2 place;
out vec2 result;

void main() {
  vec2 mine = texture(source, place).rg;
  float sum = 0.0, all = 0.0;
  for (int each = -6; each <= 6; each++) {
    vec2 c = texture(source, place + float(each) * way).rg;
    float weight = exp(-0.055 * float(each * each) - abs(c.g - mine.g) * 12.0) + 1e-5;
    sum += weight * c.r;
    all += weight;
  }
  result = vec2(sum / all, mine.g);
}
