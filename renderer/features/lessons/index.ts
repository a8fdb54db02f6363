export {
  enrolledCourses,
  type CourseTree,
  type LearningRows,
  type LessonEntry,
  type ModuleEntry,
} from './course-tree.ts';
export { currentCourse, useCourseTrees, useLearningRows, useLesson } from './queries.ts';
export { canKeepMedia, forgetLesson, keepLesson, useKeptMedia } from './kept-media.ts';
