import { createHash } from 'node:crypto';
import { courses, pathways } from './content/catalogue.ts';
import type { Attachment, Lesson, Task } from './content/types.ts';
import type { DemoTime } from './demo-time.ts';
import { calendarDay } from './demo-time.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

export type DemoLesson = Lesson & { id: string; assignmentId: string | null };
export type DemoCourse = { id: string; key: string; title: string; price: number; lessons: DemoLesson[] };
/** Bytes to be put where the storage looks for them. */
export type DemoFile = { bucket: string; id: string; bytes: Buffer };
export type Catalogue = {
  courses: readonly DemoCourse[];
  pathways: readonly { id: string; key: string; price: number; courses: readonly DemoCourse[] }[];
  batches: { running: string; recent: string; next: string };
  files: DemoFile[];
};

/** Amounts are minor units; the contents name whole rupees. */
export const rupees = (whole: number): number => whole * 100;

/** Courses, pathways, batches, and the files that belong to lessons. `authorId` uploaded them. */
export function addCatalogue(rows: RowCollector, time: DemoTime, authorId: string): Catalogue {
  const files: DemoFile[] = [];
  const made = courses.map((course, courseIndex): DemoCourse => {
    const id = seedId('course', course.key);
    rows.add('courses', {
      id,
      title: course.title,
      description: course.description,
      price: rupees(course.price),
      is_published: true,
      is_default: courseIndex === 0,
      sequence_order: courseIndex + 1,
      max_installments: 3,
      created_by: authorId,
      created_at: time.daysAgo(150),
    });
    const lessons = course.modules.flatMap((module, moduleIndex) => {
      const moduleId = seedId('module', course.key, module.title);
      const { title, description } = module;
      rows.add('modules', { id: moduleId, course_id: id, title, description, sequence_order: moduleIndex + 1 });
      return module.lessons.map((lesson, index) =>
        addLesson(rows, files, time, authorId, { courseId: id, moduleId, index, lesson }),
      );
    });
    return { id, key: course.key, title: course.title, price: rupees(course.price), lessons };
  });
  return {
    courses: made,
    pathways: addPathways(rows, made, authorId),
    batches: addBatches(rows, time, made[0]!.id, authorId),
    files,
  };
}

type Place = { courseId: string; moduleId: string; index: number; lesson: Lesson };

function addLesson(rows: RowCollector, files: DemoFile[], time: DemoTime, authorId: string, place: Place): DemoLesson {
  const { courseId, moduleId, index, lesson } = place;
  const id = seedId('lesson', moduleId, lesson.title);
  rows.add('available_lessons', {
    id,
    module_id: moduleId,
    recording_title: lesson.title,
    description: lesson.description,
    notes: lesson.notes ?? null,
    sequence_order: index + 1,
    duration_min: lesson.minutes,
    uploaded_by: authorId,
    uploaded_at: time.daysAgo(140),
  });
  lesson.attachments?.forEach((attachment) => addAttachment(rows, files, id, authorId, attachment));
  return { ...lesson, id, assignmentId: lesson.task ? addAssignment(rows, courseId, id, lesson.task) : null };
}

function addAssignment(rows: RowCollector, courseId: string, lessonId: string, task: Task): string {
  const id = seedId('assignment', lessonId, task.name);
  rows.add('assignments', {
    id,
    lesson_id: lessonId,
    course_id: courseId,
    name: task.name,
    description: task.description,
    instructions: task.instructions,
    submission_type: task.type,
    due_days: task.dueDays ?? 7,
    is_required: task.isRequired ?? true,
    max_files: task.type === 'file' ? 3 : null,
  });
  return id;
}

const mimes: Readonly<Record<string, string>> = { csv: 'text/csv', txt: 'text/plain' };

function addAttachment(
  rows: RowCollector,
  files: DemoFile[],
  lessonId: string,
  authorId: string,
  attachment: Attachment,
): void {
  const id = seedId('attachment', lessonId, attachment.name);
  if ('url' in attachment) {
    rows.add('recording_attachments', {
      id,
      lesson_id: lessonId,
      file_name: attachment.name,
      file_url: attachment.url,
    });
    return;
  }
  const fileId = seedId('attachment file', lessonId, attachment.name);
  const ending = attachment.name.split('.').at(-1) ?? '';
  const bytes = Buffer.from(attachment.text);
  rows.add('files', {
    id: fileId,
    bucket: 'attachments',
    owner_id: authorId,
    path: `lessons/${lessonId}/${fileId}.${ending}`,
    original_name: attachment.name,
    mime: mimes[ending] ?? 'application/octet-stream',
    bytes: bytes.length,
    sha256: sha256(bytes),
    status: 'ready',
    linked_table: 'recording_attachments',
    linked_id: id,
  });
  rows.add('recording_attachments', { id, lesson_id: lessonId, file_name: attachment.name, file_id: fileId });
  files.push({ bucket: 'attachments', id: fileId, bytes });
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function addPathways(rows: RowCollector, made: readonly DemoCourse[], authorId: string): Catalogue['pathways'] {
  return pathways.map((pathway) => {
    const id = seedId('pathway', pathway.key);
    const steps = pathway.courseKeys.map((key) => made.find((course) => course.key === key)!);
    const { name, description } = pathway;
    rows.add('learning_pathways', {
      id,
      name,
      description,
      price: rupees(pathway.price),
      is_published: true,
      max_installments: 3,
      created_by: authorId,
    });
    steps.forEach((course, index) =>
      rows.add('pathway_courses', {
        id: seedId('step', id, course.id),
        pathway_id: id,
        course_id: course.id,
        step_number: index + 1,
      }),
    );
    return { id, key: pathway.key, price: rupees(pathway.price), courses: steps };
  });
}

function addBatches(rows: RowCollector, time: DemoTime, courseId: string, authorId: string): Catalogue['batches'] {
  const add = (name: string, startedDaysAgo: number, status: string): string => {
    const id = seedId('batch', name);
    rows.add('batches', {
      id,
      name,
      start_date: calendarDay(time.daysAgo(startedDaysAgo)),
      course_id: courseId,
      status,
      created_by: authorId,
      whatsapp_group_link: `https://chat.whatsapp.com/${id.slice(0, 8)}`,
    });
    rows.add('batch_courses', { id: seedId('batch course', id), batch_id: id, course_id: courseId });
    return id;
  };
  return {
    running: add('Batch 7 · evenings', 42, 'active'),
    recent: add('Batch 8 · weekends', 12, 'active'),
    next: add('Batch 9 · evenings', -12, 'draft'),
  };
}
