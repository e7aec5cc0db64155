"""How finely a page is drawn for text recognition: known to pdf_picture.py and ocr_main.py, which loads no PDFium."""

DOTS_PER_INCH = 200
