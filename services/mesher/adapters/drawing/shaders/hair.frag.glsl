// The outside of hair.
#define SHINES
#include "hair.glsl"
