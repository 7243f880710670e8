using Gdn.Reference.Engines;

namespace Gdn.Harness.Server;

/// <summary>
/// The places where real servers were wrong about states that they keep and clients that leave. This one is
/// right; a <see cref="ServerFault"/> overrides one of them.
/// </summary>
internal class StateHandling
{
    /// <summary>How many tokens of a prompt a state spares: all that it stands for, if the prompt continues them.</summary>
    /// <param name="tokens">What the state stands for.</param>
    /// <param name="prompt">The prompt; its last token must be run, for its logits.</param>
    public virtual int Spared(ReadOnlySpan<int> tokens, ReadOnlySpan<int> prompt) =>
        tokens.Length < prompt.Length && prompt.StartsWith(tokens) ? tokens.Length : 0;

    /// <summary>Where a sequence continues after its state was restored.</summary>
    /// <param name="spared">Tokens that the state stands for.</param>
    public virtual int ResumeAt(int spared) => spared;

    /// <summary>
    /// Whether what is cached of a prompt is loaded into the slot that it names, although another request is answered there.
    /// </summary>
    /// <param name="prompt">That prompt. Asked before each pass until the slot is free, with the same array.</param>
    public virtual bool LoadsIntoBusySlot(int[] prompt) => false;

    /// <summary>Brings a sequence to a state that was saved as a slot file.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="sequence">The sequence; it may hold anything.</param>
    /// <param name="saved">The state.</param>
    public virtual void RestoreFile(IModelEngine engine, int sequence, IStateSnapshot saved)
    {
        engine.Clear(sequence);
        engine.Restore(sequence, saved);
    }

    /// <summary>The state of a sequence for a checkpoint.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="mixed">Whether the last pass took pieces of prompts and tokens of answers.</param>
    public virtual IStateSnapshot Take(IModelEngine engine, int sequence, bool mixed) => engine.Snapshot(sequence);

    /// <summary>A pass is about to run.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="sequences">Those that take part.</param>
    public virtual void BeforePass(IModelEngine engine, IReadOnlyList<int> sequences)
    {
    }

    /// <summary>Rejected drafts of a sequence are about to be taken back.</summary>
    public virtual void BeforeRollback(IModelEngine engine, int sequence)
    {
    }

    /// <summary>A client has left while it was being answered.</summary>
    public virtual void ClientLeft()
    {
    }

    /// <summary>Whether a pass that was run counts as not run, so that its tokens are run again.</summary>
    public virtual bool CountsAsNotRun() => false;
}
