import type { WorkDetail, WorkEdit } from "#contract/apps/media/works";
import { films as t } from "#web/strings/films.ts";

/** What the form holds: text as it was typed. */
export interface EditForm {
  readonly title: string;
  readonly originalTitle: string;
  readonly sortTitle: string;
  readonly year: string;
  readonly airDate: string;
  readonly certification: string;
  readonly tagline: string;
  readonly overview: string;
  readonly genres: string[];
}

export function formOf({ work, originalTitle, tagline, overview }: WorkDetail): EditForm {
  return {
    title: work.title,
    originalTitle: originalTitle ?? "",
    sortTitle: work.sortTitle,
    year: work.year === null ? "" : String(work.year),
    airDate: work.airDate ?? "",
    certification: work.certification ?? "",
    tagline: tagline ?? "",
    overview: overview ?? "",
    genres: [...work.genres],
  };
}

/** What is wrong with the form, by field. */
export function problemsOf(form: EditForm): Partial<Record<keyof EditForm, string>> {
  const year = form.year.trim();
  const date = form.airDate.trim();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
  return {
    ...(form.title.trim() === "" && { title: t.form.noName }),
    ...(year !== "" && !/^(18[7-9]|19\d|20\d|21\d)\d$/.test(year) && { year: t.form.badYear }),
    ...(date !== "" && !isDay && { airDate: t.form.badDate }),
  };
}

/** What differs from the work as it is: only that is set, and locked. An emptied field follows the files again. */
export function changedFields(detail: WorkDetail, form: EditForm): WorkEdit {
  const before = formOf(detail);
  const isChanged = (field: keyof EditForm) => JSON.stringify(form[field]) !== JSON.stringify(before[field]);
  const textOr = (value: string) => (value.trim() === "" ? null : value.trim());
  const edit: WorkEdit = {};
  if (isChanged("title")) edit.title = form.title.trim();
  for (const field of ["originalTitle", "sortTitle", "airDate", "certification", "tagline", "overview"] as const) {
    if (isChanged(field)) edit[field] = textOr(form[field]);
  }
  if (isChanged("year")) edit.year = form.year.trim() === "" ? null : Number(form.year);
  if (isChanged("genres")) edit.genres = form.genres.map((name) => name.trim()).filter((name) => name !== "");
  return edit;
}
