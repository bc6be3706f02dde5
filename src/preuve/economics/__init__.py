"""Economics: is it worth it, and at what price?"""
