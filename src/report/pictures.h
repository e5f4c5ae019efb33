/* Metadata of pictures, a format each: cfi_picture_format.describe. */
#ifndef CFISAC_REPORT_PICTURES_H
#define CFISAC_REPORT_PICTURES_H

#include "cfisac/report.h"

bool picture_describe_svg(const cfi_picture *picture, FILE *stream);
bool picture_describe_png(const cfi_picture *picture, FILE *stream);
bool picture_describe_pdf(const cfi_picture *picture, FILE *stream);
bool picture_describe_eps(const cfi_picture *picture, FILE *stream);

#endif
