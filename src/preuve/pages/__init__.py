"""How a result looks: one page kit, in French and English, on screen and on paper."""
