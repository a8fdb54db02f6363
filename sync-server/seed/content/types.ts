/** A task of a lesson, as a course author writes it. */
export type Task = {
  name: string;
  type: 'text' | 'link' | 'file';
  /** One sentence: what comes out of it. */
  description: string;
  instructions: string;
  /** Days after the lesson opened; default 7. */
  dueDays?: number;
  /** False: good to do, but the next lesson does not wait for it. */
  isRequired?: boolean;
};

export type Attachment = { name: string; url: string } | { name: string; text: string };

export type Lesson = {
  title: string;
  description: string;
  minutes: number;
  /** Name of the clip in `../clips` that plays; without one the lesson is read. */
  clip?: string;
  /** For staff only. */
  notes?: string;
  task?: Task;
  attachments?: Attachment[];
};

export type Module = { title: string; description: string; lessons: Lesson[] };

export type Course = {
  key: string;
  title: string;
  description: string;
  /** Whole rupees. */
  price: number;
  modules: Module[];
};
