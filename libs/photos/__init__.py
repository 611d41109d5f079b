"""Photos from outside: what their headers say, what is allowed, and the way to upright RGB and back.

    model.py     what a header says, and the refusal that every part raises
    exif.py      the orientation in a block of EXIF
    jpeg.py, png.py, webp.py   the parts of a file of that format, walked without decoding a pixel
    header.py    format and size of a photo from its own bytes, never from its name or Content-Type
    limits.py    what is allowed, in the words of source 001
    strip.py     the same file without all that is not its picture
    decode.py    bytes to upright RGB
    encode.py    RGB to a file without metadata
    renew.py     bytes to upright RGB and back: a photo to keep
    crop.py      turned squares of a photo, as networks want to see them
    detect.py    what a detecting network says of a photo, as boxes and points in it

All but the last five use the standard library alone, so that the gateway may refuse a file from its first
kilobytes.
"""
