# One image for web, worker and scheduler; docker-compose.yml says which one a container is.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/investtrack

# Chinese names in charts that are drawn as PNG (deals/pictures/fonts.py).
RUN apt-get update && apt-get install -y --no-install-recommends fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

COPY manage.py gunicorn.conf.py ./
COPY investtrack investtrack
COPY deals deals
COPY templates templates
COPY locale locale
# The rules of counting, which go into each release (deals/exports/release_methods.py).
COPY docs/methods.md docs/

# Compiled once here, and not at the start of every process.
RUN python -m compileall -q manage.py investtrack deals

# An ordinary user; only the data folder is theirs to write.
RUN groupadd --gid 10001 investtrack && useradd --system --uid 10001 --gid 10001 investtrack \
    && mkdir -p /var/lib/investtrack /srv/static \
    && SECRET_KEY=building VAR_DIR=/tmp/var STATIC_ROOT=/srv/static python manage.py collectstatic --noinput \
    && chown investtrack /var/lib/investtrack
USER 10001

EXPOSE 8000
CMD ["gunicorn", "investtrack.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread"]
