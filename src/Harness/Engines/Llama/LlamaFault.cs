using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// A mistake in the calls to libllama, as the code around it makes them: <c>llama:DIR+fault:ID</c>. The harness proves itself on the
/// real library by finding it.
/// </summary>
/// <param name="Id">Name.</param>
/// <param name="Summary">What goes wrong, in one line.</param>
/// <param name="Plant">Puts it before a context.</param>
internal sealed record LlamaFault(string Id, string Summary, Func<ILlamaContext, ILlamaContext> Plant);

/// <summary>Passes every call on; a fault overrides one.</summary>
/// <param name="context">The context.</param>
internal abstract class FaultyContext(ILlamaContext context) : ILlamaContext
{
    /// <summary>The context, without the fault.</summary>
    protected ILlamaContext Inner => context;

    public virtual int Decode(ReadOnlySpan<BatchToken> tokens) => context.Decode(tokens);

    public virtual ReadOnlySpan<float> Row(int index) => context.Row(index);

    public virtual bool Remove(int slot, int from) => context.Remove(slot, from);

    public virtual void Copy(int source, int target) => context.Copy(source, target);

    public virtual int NextPosition(int slot) => context.NextPosition(slot);

    public virtual byte[] Save(int slot) => context.Save(slot);

    public virtual bool Load(int slot, byte[] state) => context.Load(slot, state);
}
