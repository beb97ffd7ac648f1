//! OVER: what a window function ranges over.

use super::Writer;
use super::expr::{is_extreme, sorts};
use crate::error::Result;
use crate::expr::{Node, Window};

impl Writer {
    pub(super) fn window(&mut self, node: &Node, window: &Window) -> Result<()> {
        if let Node::Aggregate(aggregate) = &window.function
            && is_extreme(aggregate)
            && let Some(kind) = self.text_enum(node)
        {
            return self.enum_extreme(kind, aggregate, |w, ranked| {
                let mut window = window.clone();
                window.function = Node::Aggregate(Box::new(ranked));
                w.over(&window)
            });
        }
        self.exact(node, |w| w.over(window))
    }

    pub(super) fn over(&mut self, window: &Window) -> Result<()> {
        match &window.function {
            // A collation follows the whole expression; a cast goes around both.
            Node::Aggregate(aggregate) => {
                if is_extreme(aggregate) {
                    self.check_order(&aggregate.argument)?;
                }
                self.window = Some(Box::new(Window {
                    function: Node::Star,
                    ..window.clone()
                }));
                return self.dialect().aggregate(self, aggregate);
            }
            // The whole expression compares as its type does.
            Node::Typed(typed) => self.node(&typed.0)?,
            function => self.node(function)?,
        }
        self.window_words(window)
    }

    /// The window of the current aggregate, for [`window_words`](Writer::window_words) after it.
    pub(crate) fn take_window(&mut self) -> Option<Box<Window>> {
        self.window.take()
    }

    /// `OVER (…)`.
    ///
    /// # Errors
    /// Errors of the nodes.
    pub(crate) fn window_words(&mut self, window: &Window) -> Result<()> {
        self.push(" OVER (");
        if !window.partition_by.is_empty() {
            self.push("PARTITION BY ");
            self.nodes(&window.partition_by)?;
        }
        if window.order_by.iter().any(sorts) {
            if !window.partition_by.is_empty() {
                self.push(" ");
            }
            self.push("ORDER BY ");
            self.order_terms(&window.order_by)?;
        }
        if let Some(frame) = window.frame {
            self.push(" ");
            self.push(frame);
        }
        self.push(")");
        Ok(())
    }
}
