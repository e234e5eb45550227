// What the doctor finds: whether it is broken or needs a look, a sentence that says what, and one that says how to mend it.

export type Finding = { check: string; level: 'broken' | 'warning' | 'fine'; sentence: string; mend: string | null }

export const broken = (check: string, sentence: string, mend: string): Finding => ({ check, level: 'broken', sentence, mend })
export const warning = (check: string, sentence: string, mend: string): Finding => ({ check, level: 'warning', sentence, mend })
export const fine = (check: string, sentence: string): Finding => ({ check, level: 'fine', sentence, mend: null })
