// A surface where it stands, with what the bake knows of the light that reaches it.
in vec3 position;
in vec3 normal;
in vec2 uv;
in vec4 shade;
in vec4 grain;
in vec3 strand;
in vec4 openness;
uniform mat4 view_projection;
uniform mat4 to_light;
uniform vec3 lamp;            // towards it
uniform float lift;
out vec3 at;
out vec3 facing;
out vec2 place;
out vec4 tint;
out vec4 run;
out vec2 around;
out float density;
out vec4 open_to;
out vec3 in_light;

void main() {
  at = position + lift * normal;
  facing = normal;
  place = uv;
  tint = shade;
  run = grain;
  around = strand.xy;
  density = strand.z;
  open_to = openness;
  // Looked up from a little before the surface, the farther it turns away: it must not lie in its own shadow.
  float before = 0.003 + 0.012 * (1.0 - max(dot(normal, lamp), 0.0));
  in_light = (to_light * vec4(at + before * normal, 1.0)).xyz * 0.5 + 0.5;
  gl_Position = view_projection * vec4(at, 1.0);
}
