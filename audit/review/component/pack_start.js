// Opens an offline pack as soon as the page, with all that it holds, has been read.

mount({ parentElement: document.getElementById("pack-desk"), data: new Pack() });
