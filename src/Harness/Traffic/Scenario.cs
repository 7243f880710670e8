using System.Text.Json.Serialization;

namespace Gdn.Harness.Traffic;

/// <summary>A pattern of concurrent traffic.</summary>
public enum Scenario
{
    /// <summary>All requests arrive at once with prompts of one length, and end one by one.</summary>
    Simultaneous,

    /// <summary>Requests arrive one after the other: prompts are read in the batches in which others answer.</summary>
    Staggered,

    /// <summary>All requests answer in step, for the same number of tokens.</summary>
    Steady,

    /// <summary>More requests than slots, of uneven length: slots are freed and taken again.</summary>
    Churn,

    /// <summary>All requests arrive at once with prompts of different lengths.</summary>
    Ragged,

    /// <summary>All requests are the same: all answers must be.</summary>
    Identical,

    /// <summary>Conversations that return, are answered again, continue, and are edited in the middle.</summary>
    Cache,

    /// <summary>
    /// Clients leave: while they wait, while their prompt is read, and while they are answered; and ask again at once.
    /// </summary>
    Abort,

    /// <summary>Requests wait for a slot that is busy, to the end or until they leave.</summary>
    BusySlot,

    /// <summary>Slots are saved to files, used for something else, and restored, also into other slots.</summary>
    SlotFiles,

    /// <summary>Prompts as long as a chunk, one shorter and one longer, and of a single token.</summary>
    Coincidence,

    /// <summary>Prompts that take several batches, beside requests that are being answered.</summary>
    [JsonStringEnumMemberName("Long")]
    LongPrompts,

    /// <summary>A conversation that grows, and beside each of its turns short requests under another system prompt.</summary>
    Agent,

    /// <summary>Answers that repeat their prompts, which speculation drafts and partly gets wrong.</summary>
    Speculation,

    /// <summary>One request at a time: its answer does not depend on the requests before.</summary>
    Solo,
}
