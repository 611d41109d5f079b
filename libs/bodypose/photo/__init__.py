"""A photo of one person to a pose of the platform's skeleton.

networks.py   what is needed of neural networks
people.py     the people in a photo, 33 landmarks each
body.py       which point of the skeleton each landmark is
guess.py      what a person does that cannot be seen
residuals.py  how far a pose is from what was seen
solve.py      landmarks to joints
support.py    what carries a body, by its bones
read.py       the verdict on a photo: its pose, or what is wrong with it
"""
