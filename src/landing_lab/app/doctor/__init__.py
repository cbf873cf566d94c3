"""`landing-lab doctor`: whether this installation is fit for work, and how to get what is missing."""
