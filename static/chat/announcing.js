// @ts-check
// What a screen reader says by itself: a finished answer once, and each change of how an answer stands.

import { computed } from "../core/signal.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { standingInWords } from "./standing.js";

/** @import { Chat } from "./chat.js" */
/** @import { Turn } from "./turn.js" */

const MOST_CHARACTERS = 1500; // who wants more reads it in the transcript

/** @param {Chat} chat */
export const announcement = (chat) => computed(() => {
  const running = chat.current.value.running.value;
  if (running) return standingInWords(running.answer);
  const ended = chat.lastEnded.value;
  return ended ? endInWords(ended) : "";
});

/** @param {Turn} turn */
function endInWords({ answer }) {
  const problem = answer.problem.value;
  if (problem) return problemInWords(problem);
  const { text } = answer;
  const said = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
  return [words().chat.answered(said), standingInWords(answer)].filter(Boolean).join(" ");
}
