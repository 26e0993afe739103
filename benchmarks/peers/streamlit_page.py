"""The cohort page in Streamlit."""

import streamlit as st

from benchmarks.peers.cohorts import ACTIVITIES, PERIODS, STYLE, TITLE, WEEKS, charts

st.set_page_config(page_title=TITLE, layout="wide")
st.html(f"<style>{STYLE}</style>")
st.title(TITLE)
left, middle, right = st.columns(3)
activity = left.selectbox("Active means", ACTIVITIES)
periods = middle.slider(*PERIODS)
weeks = right.slider(*WEEKS)
for chart in charts(activity, periods, weeks):
    st.altair_chart(chart, width="stretch", theme=None)
