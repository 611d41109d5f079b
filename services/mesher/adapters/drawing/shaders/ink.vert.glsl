// A surface grown by a line's width on the screen, however far it is.
in vec3 position;
in vec3 normal;
uniform mat4 view_projection;
uniform vec3 eye;
uniform float width;   // of the picture's side
const float BEHIND = 0.012;   // metres

void main() {
  vec4 clip = view_projection * vec4(position, 1.0);
  vec2 out_of = (view_projection * vec4(normal, 0.0)).xy;
  float length_of = length(out_of);
  // Behind a little: what lies just under a surface, as sockets and gums do, must not come through it.
  vec4 farther = view_projection * vec4(position - BEHIND * normalize(eye - position), 1.0);
  clip.xy += (length_of > 1e-6 ? out_of / length_of : vec2(0.0)) * 2.0 * width * clip.w;
  clip.z = farther.z / farther.w * clip.w;
  gl_Position = clip;
}
